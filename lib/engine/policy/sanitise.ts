import { invalidRequest } from "@/lib/engine/errors";

export const POLICY_NAME_BYTES_MAX = 512;

// Characters that cannot be seen make two names look like one.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/u;

/**
 * The policies that a token carries: trimmed, in lower case, sorted, each once, with `default` added
 * on request. `root` swallows all others.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/policies#default-policy
 */
export function sanitisePolicies(names: readonly string[], addDefault: boolean): string[] {
  const kept = new Set(names.map(normalisePolicyName).filter((name) => name !== ""));
  if (kept.has("root")) return ["root"];
  if (addDefault) kept.add("default");
  return [...kept].sort();
}

/** The one form of a policy's name: trimmed, in lower case. */
export function normalisePolicyName(name: string): string {
  return name.trim().toLowerCase();
}

/**
 * The normalised name under which a policy may be written. Slashes are part of names, as in Vault.
 *
 * @throws EngineError `invalid_request` when it is empty, too long, has characters that cannot be seen, or
 *   segments that a path cannot have.
 */
export function parsePolicyName(name: string): string {
  const normal = normalisePolicyName(name);
  const segments = normal.split("/");
  if (
    Buffer.byteLength(normal) > POLICY_NAME_BYTES_MAX ||
    INVISIBLE.test(normal) ||
    segments.some((segment) => ["", ".", ".."].includes(segment.trim()))
  ) {
    throw invalidRequest("invalid policy name");
  }
  return normal;
}
