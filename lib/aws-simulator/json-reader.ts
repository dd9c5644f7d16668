import { isRecord } from "@/lib/aws-simulator/conditions";

/** A body of a control request that is not what it should be; `message` names the place. */
export class ControlError extends Error {
  override readonly name = "ControlError";
}

/** Reads the fields of one JSON object and refuses those that nobody read. */
export class JsonObject {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #where: string;
  readonly #read = new Set<string>();

  /** @throws ControlError when `value` is no object. */
  constructor(value: unknown, where: string) {
    if (!isRecord(value)) throw new ControlError(`${where} must be an object`);
    this.#fields = value;
    this.#where = where;
  }

  string(field: string): string {
    return this.optionalString(field) ?? this.#wrong(field, "a string");
  }

  optionalString(field: string): string | undefined {
    const value = this.raw(field);
    if (value === undefined || typeof value === "string") return value;
    return this.#wrong(field, "a string");
  }

  optionalNumber(field: string): number | undefined {
    const value = this.raw(field);
    if (value === undefined || (typeof value === "number" && value >= 0)) return value;
    return this.#wrong(field, "a number of at least 0");
  }

  optionalFlag(field: string): boolean | undefined {
    const value = this.raw(field);
    if (value === undefined || typeof value === "boolean") return value;
    return this.#wrong(field, "true or false");
  }

  strings(field: string): readonly string[] {
    return this.#list(field).map((value) =>
      typeof value === "string" ? value : this.#wrong(field, "a list of strings"),
    );
  }

  objects<T>(field: string, read: (object: JsonObject) => T): readonly T[] {
    return this.#list(field).map((value, i) => {
      const object = new JsonObject(value, `${this.#where}.${field}[${i}]`);
      const result = read(object);
      object.#refuseUnread();
      return result;
    });
  }

  /** A map of names to whatever `read` makes of their values. */
  map<T>(field: string, read: (value: unknown) => T): Readonly<Record<string, T>> {
    const value = this.raw(field) ?? {};
    if (!isRecord(value)) return this.#wrong(field, "an object");
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, read(entry)]));
  }

  stringMap(field: string): Readonly<Record<string, string>> {
    return this.map(field, (value) =>
      typeof value === "string" ? value : this.#wrong(field, "an object of strings"),
    );
  }

  raw(field: string): unknown {
    this.#read.add(field);
    return this.#fields[field];
  }

  #list(field: string): readonly unknown[] {
    const value = this.raw(field) ?? [];
    return Array.isArray(value) ? value : this.#wrong(field, "a list");
  }

  #refuseUnread(): void {
    const unread = Object.keys(this.#fields).find((field) => !this.#read.has(field));
    if (unread !== undefined) throw new ControlError(`${this.#where}.${unread} is not known`);
  }

  #wrong(field: string, wanted: string): never {
    throw new ControlError(`${this.#where}.${field} must be ${wanted}`);
  }
}
