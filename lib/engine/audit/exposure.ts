import { createHmac } from "node:crypto";
import { Secret } from "@/lib/engine/secret";

/** How one device shows values: hashed under its own salt, or in clear. */
export type Exposure = {
  hash(text: string): string;
  /** Accessors, which a device may be told to show in clear. */
  accessor(text: string): string;
  /** Lists show the number of their keys only. */
  elideLists: boolean;
};

/**
 * Hashes with the bytes of a device's salt, so that `sys/audit-hash` finds a value again; each
 * distinct value of an entry is hashed once.
 *
 * @see https://developer.hashicorp.com/vault/docs/audit#sensitive-information
 */
export function hashing(
  salt: string,
  options: { hmacAccessor: boolean; elideLists: boolean },
): Exposure {
  const known = new Map<string, string>();
  const hash = (text: string): string => {
    let hashed = known.get(text);
    if (hashed === undefined) {
      hashed = auditHash(salt, text);
      known.set(text, hashed);
    }
    return hashed;
  };
  return {
    hash,
    accessor: options.hmacAccessor ? hash : (text) => text,
    elideLists: options.elideLists,
  };
}

/** `hmac-sha256:` + hex, keyed with the salt's text. */
export function auditHash(salt: string, text: string): string {
  return `hmac-sha256:${createHmac("sha256", salt).update(text).digest("hex")}`;
}

/** A device that was asked to hash nothing. */
export function inClear(elideLists: boolean): Exposure {
  return { hash: (text) => text, accessor: (text) => text, elideLists };
}

/** What stays in clear: keys that the mount exempts; times of our own in answers. */
type Exemptions = {
  keys: ReadonlySet<string>;
  /** Numbers of requests are hashed as the text they were sent as; those of answers stay. */
  numbers: boolean;
  /** Keys of this entry whose values the reader needs: lease ids in the built-in log. */
  clearKeys: ReadonlySet<string>;
};

/** Deepest nesting that is walked; deeper values are hashed as one text. */
const DEPTH_MAX = 300;

/** The values of `data` as the device shows them: texts hashed, flags, nulls and keys as they are. */
export function exposedData(
  data: Readonly<Record<string, unknown>>,
  exposure: Exposure,
  exemptions: Exemptions,
): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const key of Object.keys(data)) {
    const clear = exemptions.keys.has(key) || exemptions.clearKeys.has(key);
    shown[key] = clear ? plain(data[key]) : exposedValue(data[key], exposure, exemptions, 0);
  }
  return shown;
}

function exposedValue(
  value: unknown,
  exposure: Exposure,
  exemptions: Exemptions,
  depth: number,
): unknown {
  if (typeof value === "string") return exposure.hash(value);
  if (typeof value === "number") return exemptions.numbers ? exposure.hash(String(value)) : value;
  if (value === null || value === undefined || typeof value === "boolean") return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Secret) return exposure.hash(value.reveal());
  if (depth >= DEPTH_MAX) return exposure.hash(JSON.stringify(value));
  if (Array.isArray(value)) {
    return value.map((entry) => exposedValue(entry, exposure, exemptions, depth + 1));
  }
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    const shown: Record<string, unknown> = {};
    for (const [key, entry] of Object.entries(value)) {
      const clear = exemptions.keys.has(key);
      shown[key] = clear ? plain(entry) : exposedValue(entry, exposure, exemptions, depth + 1);
    }
    return shown;
  }
  // Numbers that kept their literal text, and whatever else prints itself.
  return exemptions.numbers ? exposure.hash(textOf(value)) : value;
}

function textOf(value: unknown): string {
  return JSON.stringify(value);
}

/** A value that may stand in clear, secrets within it excepted: they print themselves redacted. */
function plain(value: unknown): unknown {
  return value instanceof Secret ? value.reveal() : value;
}
