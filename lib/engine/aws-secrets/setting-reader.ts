import { isJsonObject, type JsonObject } from "@/lib/engine/json";

/** Typed reads of a stored document of ours; a field that is missing or of another type is absent. */
export type SettingReader = {
  text(name: string): string;
  number(name: string, absent: number): number;
  flag(name: string): boolean;
  instant(name: string): Date | null;
  /** Null: never set, which is not the same as empty. */
  texts(name: string): string[] | null;
  map(name: string): Record<string, string> | null;
};

export function readSetting(body: JsonObject): SettingReader {
  return {
    text: (name) => textOf(body[name]) ?? "",
    number: (name, absent) => (typeof body[name] === "number" ? body[name] : absent),
    flag: (name) => body[name] === true,
    instant: (name) => {
      const value = textOf(body[name]);
      return value === null ? null : new Date(value);
    },
    texts: (name) => {
      const value = body[name];
      return Array.isArray(value) ? value.filter((item) => typeof item === "string") : null;
    },
    map: (name) => {
      const value = body[name];
      if (!isJsonObject(value)) return null;
      return Object.fromEntries(
        Object.entries(value).filter((entry): entry is [string, string] => {
          return typeof entry[1] === "string";
        }),
      );
    },
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
