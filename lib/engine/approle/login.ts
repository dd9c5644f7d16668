import type { Decision } from "@/lib/engine/answer";
import { findRoleByRoleId, type Role } from "@/lib/engine/approle/role";
import type { SecretId } from "@/lib/engine/approle/secret-id";
import { cidrsAdmit } from "@/lib/engine/cidr";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import { refuseLocked, refuseLogin, type LoginGate } from "@/lib/engine/system/lockout";
import { grantLogin } from "@/lib/engine/token/grant-login";

/** Longer ones cannot be anybody's; they are refused before they are looked up. */
const ROLE_ID_CHARACTERS_MAX = 2048;

/**
 * Logs in with a role id and, where the role binds one, a secret id. A use of it is spent in the same
 * commit as the token is granted, so a refused login spends none.
 *
 * @throws EngineError `invalid_request` (wrong ids told alike, or a wrong address),
 *   `permission_denied` (locked out).
 * @see https://developer.hashicorp.com/vault/api-docs/auth/approle#login-with-approle
 */
export async function login(
  ports: Ports,
  scope: RequestScope,
  input: { roleId: string; secretId: string },
): Promise<Decision> {
  const roleId = input.roleId.trim();
  const secretValue = input.secretId.trim();
  if (roleId === "") throw invalidRequest("missing role_id");
  if (roleId.length > ROLE_ID_CHARACTERS_MAX) throw wrongIds();
  const gate = await refuseLocked(ports, scope, roleId);

  const role = await findRoleByRoleId(scope.config, scope.mount.id, roleId);
  if (role === null) return refuseLogin(scope, gate, wrongIds());
  if (!role.bindSecretId) return grant(ports, scope, { role, secretId: null, gate });
  if (secretValue === "") throw invalidRequest("missing secret_id");
  const hmac = ports.keys.hmac("secret_id", secretValue);
  const secretId = await ports.extras.secretIds.find(scope.mount.id, role.name, hmac);
  if (secretId === null) return refuseLogin(scope, gate, wrongIds("invalid credentials"));
  return grant(ports, scope, { role, secretId, gate });
}

/** One text for an unknown role and an unknown secret; only the log tells them apart. */
function wrongIds(audited?: string): EngineError {
  return new EngineError(
    "invalid_request",
    "invalid role or secret ID",
    audited === undefined ? {} : { audited },
  );
}

type Verified = { role: Role; secretId: SecretId | null; gate: LoginGate };

async function grant(
  ports: Ports,
  scope: RequestScope,
  { role, secretId, gate }: Verified,
): Promise<Decision> {
  checkAddress(scope.clientAddress, role, secretId);
  const boundCidrs =
    secretId === null || secretId.tokenBoundCidrs.length === 0
      ? role.parameters.boundCidrs
      : [...secretId.tokenBoundCidrs];
  return grantLogin(ports, scope, {
    displayName: "",
    parameters: { ...role.parameters, boundCidrs },
    metadata: { ...secretId?.metadata, role_name: role.name },
    alias: { name: role.roleId, metadata: {} },
    renewal: { role: role.name },
    effects: [...gate.onSuccess, ...spendOf(scope, secretId)],
  });
}

/** @throws EngineError `invalid_request`. */
function checkAddress(address: string, role: Role, secretId: SecretId | null): void {
  if (secretId !== null && !cidrsAdmit(secretId.cidrs, address)) {
    throw invalidRequest(
      `source address "${address}" unauthorized through CIDR restrictions on the secret ID`,
    );
  }
  if (!cidrsAdmit(role.secretIdCidrs, address)) {
    throw invalidRequest(
      `source address "${address}" unauthorized by CIDR restrictions on the role`,
    );
  }
}

function spendOf(scope: RequestScope, secretId: SecretId | null) {
  if (secretId === null || secretId.numUses === 0) return [];
  const { role, hmac } = secretId;
  const mountId = scope.mount.id;
  return [{ kind: "spend_secret_id", mountId, role, hmac, refused: wrongIds() }] as const;
}
