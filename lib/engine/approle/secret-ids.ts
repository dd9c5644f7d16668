import { answered, effected, told, type Decision } from "@/lib/engine/answer";
import { findRole, type Role } from "@/lib/engine/approle/role";
import type { SecretId } from "@/lib/engine/approle/secret-id";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import { TIDY_STARTED } from "@/lib/engine/system/tidy";

/** Accessors that the list of a role's secret ids shows at most. */
const ACCESSORS_LISTED_MAX = 10_000;

/** How Vault writes the instant of what never ends. */
const NEVER = "0001-01-01T00:00:00Z";

/**
 * The accessors of a role's secret ids.
 *
 * @throws EngineError `invalid_request` when there is no such role.
 */
export async function listSecretIds(
  ports: Ports,
  scope: RequestScope,
  roleName: string,
): Promise<Decision> {
  const role = await getRole(scope, roleName);
  const keys = await ports.extras.secretIds.accessors(
    scope.mount.id,
    role.name,
    ACCESSORS_LISTED_MAX,
  );
  if (keys.length === 0) return answered(null);
  if (keys.length < ACCESSORS_LISTED_MAX) return told({ keys });
  const warnings = [`only the first ${ACCESSORS_LISTED_MAX} secret id accessors are listed`];
  return answered({ data: { keys }, warnings });
}

/**
 * What is known of a secret id; nothing is answered when the role has no such.
 *
 * @throws EngineError `invalid_request`.
 * @see https://developer.hashicorp.com/vault/api-docs/auth/approle#read-approle-secret-id
 */
export async function lookUpSecretId(
  ports: Ports,
  scope: RequestScope,
  roleName: string,
  secretId: string,
): Promise<Decision> {
  if (secretId === "") throw invalidRequest("missing secret_id");
  const role = await getRole(scope, roleName);
  const hmac = ports.keys.hmac("secret_id", secretId);
  const found = await ports.extras.secretIds.find(scope.mount.id, role.name, hmac);
  return found === null ? answered(null) : told(secretIdData(found));
}

/** Forgets a secret id, if the role has it. @throws EngineError `invalid_request`. */
export async function destroySecretId(
  ports: Ports,
  scope: RequestScope,
  roleName: string,
  secretId: string,
): Promise<Decision> {
  if (secretId === "") throw invalidRequest("missing secret_id");
  const role = await getRole(scope, roleName);
  const hmac = ports.keys.hmac("secret_id", secretId);
  return effected(forget(scope, role, hmac));
}

/**
 * What is known of the secret id behind an accessor. Clients go by the 404 of an unknown one, whose
 * body is an envelope.
 *
 * @throws EngineError `invalid_request`.
 */
export async function lookUpByAccessor(
  ports: Ports,
  scope: RequestScope,
  roleName: string,
  accessor: string,
): Promise<Decision> {
  if (accessor === "") throw invalidRequest("missing secret_id_accessor");
  const role = await getRole(scope, roleName);
  const found = await ports.extras.secretIds.byAccessor(scope.mount.id, accessor);
  if (found === null) {
    return answered({ data: { error: unknownAccessor(accessor) }, gone: true });
  }
  return found.role === role.name ? told(secretIdData(found)) : answered(null);
}

/**
 * Forgets the secret id behind an accessor.
 *
 * @throws EngineError `invalid_request` (unknown), `permission_denied` (another role's).
 */
export async function destroyByAccessor(
  ports: Ports,
  scope: RequestScope,
  roleName: string,
  accessor: string,
): Promise<Decision> {
  if (accessor === "") throw invalidRequest("missing secret_id_accessor");
  const role = await getRole(scope, roleName);
  const found = await ports.extras.secretIds.byAccessor(scope.mount.id, accessor);
  if (found === null) throw invalidRequest(unknownAccessor(accessor));
  if (found.role !== role.name) {
    throw new EngineError("permission_denied", "invalid secret id accessor");
  }
  return effected(forget(scope, role, found.hmac));
}

/** Deletes the mount's expired secret ids; they do not log in any more in any case. */
export function tidySecretIds(scope: RequestScope): Decision {
  return {
    answer: TIDY_STARTED,
    effects: [{ kind: "delete_secret_ids", mountId: scope.mount.id, expiredOnly: true }],
  };
}

async function getRole(scope: RequestScope, name: string): Promise<Role> {
  const stored = await findRole(scope.config, scope.mount.id, name);
  if (stored === null) throw invalidRequest(`role "${name.toLowerCase()}" does not exist`);
  return stored.role;
}

function forget(scope: RequestScope, role: Role, hmac: string) {
  return { kind: "delete_secret_id", mountId: scope.mount.id, role: role.name, hmac } as const;
}

function unknownAccessor(accessor: string): string {
  return `failed to find accessor entry for secret_id_accessor: ${JSON.stringify(accessor)}`;
}

function secretIdData(found: SecretId): Record<string, unknown> {
  return {
    cidr_list: found.cidrs,
    creation_time: found.createdAt.toISOString(),
    expiration_time: found.expiresAt?.toISOString() ?? NEVER,
    last_updated_time: found.updatedAt.toISOString(),
    metadata: found.metadata,
    secret_id_accessor: found.accessor,
    secret_id_num_uses: found.numUses,
    secret_id_ttl: found.ttlSeconds,
    token_bound_cidrs: found.tokenBoundCidrs,
  };
}
