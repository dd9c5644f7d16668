import { invalidRequest } from "@/lib/engine/errors";
import { type ParsedPolicy, parsePolicy } from "@/lib/engine/policy/parse";

/** Of a token that holds a wrapped answer. The text is Vault's, byte for byte. */
const RESPONSE_WRAPPING = `
path "cubbyhole/response" {
    capabilities = ["create", "read"]
}

path "sys/wrapping/unwrap" {
    capabilities = ["update"]
}
`;

const CONTROL_GROUP = `
path "cubbyhole/control-group" {
    capabilities = ["update", "create", "read"]
}

path "sys/wrapping/unwrap" {
    capabilities = ["update"]
}
`;

/**
 * The `default` policy as the first start writes it. Operators may change it; what it grants is what
 * Vault's grants, because clients count on it.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/policies#default-policy
 */
export const DEFAULT_POLICY_TEXT = `
# What every token may do, unless it was made without the default policy.

# Look at, renew and revoke itself.
path "auth/token/lookup-self" {
    capabilities = ["read"]
}
path "auth/token/renew-self" {
    capabilities = ["update"]
}
path "auth/token/revoke-self" {
    capabilities = ["update"]
}

# Ask what it may do: on single paths, and in sum (for user interfaces; the form of the sum may change).
path "sys/capabilities-self" {
    capabilities = ["update"]
}
path "sys/internal/ui/resultant-acl" {
    capabilities = ["read"]
}

# Read its own entity, by id or by name.
path "identity/entity/id/{{identity.entity.id}}" {
    capabilities = ["read"]
}
path "identity/entity/name/{{identity.entity.name}}" {
    capabilities = ["read"]
}

# Renew and look up leases whose id it knows, given in the request's body. Ending a lease needs a grant
# of its own, on sys/leases/revoke. The first path is the one of old clients.
path "sys/renew" {
    capabilities = ["update"]
}
path "sys/leases/renew" {
    capabilities = ["update"]
}
path "sys/leases/lookup" {
    capabilities = ["update"]
}

# Keep values in its own cubbyhole, which no other token sees.
path "cubbyhole/*" {
    capabilities = ["create", "read", "update", "delete", "list"]
}

# Wrap values, look up wrapping tokens, unwrap them.
path "sys/wrapping/wrap" {
    capabilities = ["update"]
}
path "sys/wrapping/lookup" {
    capabilities = ["update"]
}
path "sys/wrapping/unwrap" {
    capabilities = ["update"]
}

# Hash values.
path "sys/tools/hash" {
    capabilities = ["update"]
}
path "sys/tools/hash/*" {
    capabilities = ["update"]
}

# Ask after a control group's request by its accessor, and authorise at an OIDC provider. Kept so that
# policies moved between servers stay equal; nothing answers there.
path "sys/control-group/request" {
    capabilities = ["update"]
}
path "identity/oidc/provider/+/authorize" {
    capabilities = ["read", "update"]
}
`;

/** Policies that exist without being stored. They are in no list but `root`, and cannot be changed. */
const INTERNAL_TEXTS: ReadonlyMap<string, string> = new Map([
  ["root", ""],
  ["response-wrapping", RESPONSE_WRAPPING],
  ["control-group", CONTROL_GROUP],
]);

const INTERNAL_POLICIES: ReadonlyMap<string, ParsedPolicy> = new Map(
  [...INTERNAL_TEXTS].map(([name, text]) => [
    name,
    { ...parsePolicy(name, text), grantsAll: name === "root" },
  ]),
);

/** The policy of that name that exists without being stored, `root` among them; null: none. */
export function internalPolicy(name: string): ParsedPolicy | null {
  return INTERNAL_POLICIES.get(name) ?? null;
}

/** The text of such a policy, empty for `root`; null: none. */
export function internalPolicyText(name: string): string | null {
  return INTERNAL_TEXTS.get(name) ?? null;
}

/** True for what no list of stored policies shows. `name` is normalised. */
export function isHiddenPolicy(name: string): boolean {
  return INTERNAL_TEXTS.has(name);
}

/**
 * Refuses to write the policies that are not to be changed. `name` is normalised.
 *
 * @throws EngineError `invalid_request`.
 */
export function refusePolicyWrite(name: string): void {
  if (isHiddenPolicy(name)) throw invalidRequest(`cannot update "${name}" policy`);
}

/**
 * Refuses to delete the policies that must stay. `name` is normalised.
 *
 * @throws EngineError `invalid_request`.
 */
export function refusePolicyDeletion(name: string): void {
  if (name === "default") throw invalidRequest("cannot delete default policy");
  if (isHiddenPolicy(name)) throw invalidRequest(`cannot delete "${name}" policy`);
}
