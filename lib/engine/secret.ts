import { inspect } from "node:util";

const BRAND = Symbol.for("leasehold.Secret");

/**
 * A value that must not be printed: string conversion, JSON and inspection give `[redacted]`.
 * `reveal()` is called in envelopes, HMAC and AWS calls only.
 */
export class Secret {
  readonly #value: string;
  readonly [BRAND] = true;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return "[redacted]";
  }

  toJSON(): string {
    return "[redacted]";
  }

  [inspect.custom](): string {
    return "[redacted]";
  }
}
