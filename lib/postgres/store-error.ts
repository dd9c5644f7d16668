import { EngineError } from "@/lib/engine/errors";

/** What a caller is told when the database failed it. */
export function storeError(cause: unknown): EngineError {
  const state = sqlState(cause);
  const refusal = VALUE_REFUSALS[state];
  if (refusal !== undefined) return new EngineError("invalid_request", refusal, { cause });
  const away = state === "" || AWAY.test(state) || !/^[0-9A-Z]{5}$/.test(state);
  return away
    ? new EngineError("unavailable", "the database does not answer", { cause })
    : new EngineError("internal", "internal error", { cause });
}

/** SQLSTATE of an error of Postgres, or "". */
export function sqlState(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}

/**
 * Connection, read-only server, conflicts, tables that are missing or may not be read, resources,
 * locks, intervention, the system below.
 */
const AWAY = /^(08|25006|40|42501|42P01|53|55|57|58)/;

/** Values that JSON and HTTP can carry and Postgres cannot keep. */
const VALUE_REFUSALS: Readonly<Record<string, string>> = {
  "22P05": "a text holds a character that cannot be stored",
  "22021": "a text holds a character that cannot be stored",
  "22003": "a number is too large to be stored",
  "22008": "a duration is too long to be stored",
};
