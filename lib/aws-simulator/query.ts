import { AwsError, validationError } from "@/lib/aws-simulator/errors";

const MEMBERS_MAX = 100;

/** The parameters of a query request. */
export class Params {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** `Prefix.member.1`, `Prefix.member.2` … or, with a field, `Prefix.member.1.Field` … */
  list(prefix: string, field?: string): readonly string[] {
    const found: string[] = [];
    for (let n = 1; n <= MEMBERS_MAX; n++) {
      const value = this.get(`${prefix}.member.${n}${field === undefined ? "" : `.${field}`}`);
      if (value === undefined) return found;
      found.push(value);
    }
    return found;
  }

  /** @throws AwsError `InvalidInput` when a key comes twice; keys differ by more than case. */
  tags(prefix: string): ReadonlyMap<string, string> {
    const keys = this.list(prefix, "Key");
    if (new Set(keys.map((key) => key.toLowerCase())).size < keys.length) {
      throw new AwsError(
        400,
        "InvalidInput",
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
      );
    }
    return new Map(keys.map((key, i) => [key, this.get(`${prefix}.member.${i + 1}.Value`) ?? ""]));
  }
}

type TextRule = {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
  /** The pattern as AWS prints it. */
  readonly patternText?: string;
};

/** Reads parameters and collects what is wrong with them, since AWS lists all of it at once. */
export class Form {
  readonly #params: Params;
  readonly #problems: string[] = [];

  constructor(params: Params) {
    this.#params = params;
  }

  text(name: string, rule: TextRule = {}): string {
    const value = this.optionalText(name, rule);
    if (value === undefined) this.#reject(name, null, "Member must not be null");
    return value ?? "";
  }

  optionalText(name: string, rule: TextRule = {}): string | undefined {
    const value = this.#params.get(name);
    if (value === undefined) return undefined;
    if (rule.max !== undefined && value.length > rule.max) {
      this.#reject(name, value, `Member must have length less than or equal to ${rule.max}`);
    }
    if (rule.min !== undefined && value.length < rule.min) {
      this.#reject(name, value, `Member must have length greater than or equal to ${rule.min}`);
    }
    if (rule.pattern !== undefined && !rule.pattern.test(value)) {
      const text = rule.patternText ?? rule.pattern.source;
      this.#reject(name, value, `Member must satisfy regular expression pattern: ${text}`);
    }
    return value;
  }

  optionalInteger(name: string, min: number, max: number): number | undefined {
    const value = this.#params.get(name);
    if (value === undefined) return undefined;
    if (!/^-?\d+$/.test(value)) {
      throw new AwsError(400, "MalformedInput", `Invalid value for ${name}: ${value}`);
    }
    if (Number(value) < min) {
      this.#reject(name, value, `Member must have value greater than or equal to ${min}`);
    }
    if (Number(value) > max) {
      this.#reject(name, value, `Member must have value less than or equal to ${max}`);
    }
    return Number(value);
  }

  list(prefix: string, field: string, max: number): readonly string[] {
    const found = this.#params.list(prefix, field);
    if (found.length > max) {
      this.#reject(
        prefix,
        `[${found.join(", ")}]`,
        `Member must have length less than or equal to ${max}`,
      );
    }
    return found;
  }

  /** @throws AwsError `ValidationError` naming every parameter that was wrong. */
  check(): void {
    const count = this.#problems.length;
    if (count === 0) return;
    const head = count === 1 ? "1 validation error" : `${count} validation errors`;
    throw validationError(`${head} detected: ${this.#problems.join("; ")}`);
  }

  #reject(name: string, value: string | null, rule: string): void {
    const label = name.charAt(0).toLowerCase() + name.slice(1);
    const shown = value === null ? "null" : `'${value}'`;
    this.#problems.push(`Value ${shown} at '${label}' failed to satisfy constraint: ${rule}`);
  }
}
