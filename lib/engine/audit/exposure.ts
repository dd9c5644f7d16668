import { createHash, createHmac } from "node:crypto";
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
/** Values that one entry shows one by one; what does not fit is told by its number and one hash. */
const VALUES_MAX = 1_000;

type Room = { values: number };

/** The values of `data` as the device shows them: texts hashed, flags, nulls and keys as they are. */
export function exposedData(
  data: Readonly<Record<string, unknown>>,
  exposure: Exposure,
  exemptions: Exemptions,
): Record<string, unknown> {
  const keys = Object.keys(data);
  if (keys.length > VALUES_MAX) return elided(data, keys.length, exposure);
  const room = { values: VALUES_MAX - keys.length };
  const shown: Record<string, unknown> = {};
  for (const key of keys) {
    const clear = exemptions.keys.has(key) || exemptions.clearKeys.has(key);
    shown[key] = clear
      ? plain(data[key], exposure)
      : exposedValue(data[key], { exposure, exemptions, room }, 0);
  }
  return shown;
}

/** A list of hundreds of thousands must not make an entry that its log cannot take. */
function elided(value: object, count: number, exposure: Exposure): Record<string, unknown> {
  const digest = createHash("sha256").update(JSON.stringify(value)).digest("hex");
  return { elided: count, hash: exposure.hash(`sha256:${digest}`) };
}

type Walk = { exposure: Exposure; exemptions: Exemptions; room: Room };

function exposedValue(value: unknown, walk: Walk, depth: number): unknown {
  const { exposure, exemptions, room } = walk;
  if (typeof value === "string") return exposure.hash(value);
  if (typeof value === "number") return exemptions.numbers ? exposure.hash(String(value)) : value;
  if (value === null || value === undefined || typeof value === "boolean") return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Secret) return exposure.hash(value.reveal());
  if (depth >= DEPTH_MAX) return exposure.hash(JSON.stringify(value));
  if (Array.isArray(value)) {
    if (!fits(room, value.length)) return elided(value, value.length, exposure);
    return value.map((entry) => exposedValue(entry, walk, depth + 1));
  }
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    const entries = Object.entries(value);
    if (!fits(room, entries.length)) return elided(value, entries.length, exposure);
    const shown: Record<string, unknown> = {};
    for (const [key, entry] of entries) {
      const clear = exemptions.keys.has(key);
      shown[key] = clear ? plain(entry, exposure) : exposedValue(entry, walk, depth + 1);
    }
    return shown;
  }
  // Numbers that kept their literal text, and whatever else prints itself.
  return exemptions.numbers ? exposure.hash(textOf(value)) : value;
}

function fits(room: Room, count: number): boolean {
  if (count > room.values) return false;
  room.values -= count;
  return true;
}

function textOf(value: unknown): string {
  return JSON.stringify(value);
}

/** A value that may stand in clear, secrets within it excepted: they print themselves redacted. */
function plain(value: unknown, exposure: Exposure): unknown {
  if (Array.isArray(value) && value.length > VALUES_MAX) {
    return elided(value, value.length, exposure);
  }
  return value instanceof Secret ? value.reveal() : value;
}
