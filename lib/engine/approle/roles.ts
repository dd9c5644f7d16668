import { answered, effected, told, type Decision } from "@/lib/engine/answer";
import { changeRole, ROLE_NAME_BYTES_MAX, type RoleInput } from "@/lib/engine/approle/change-role";
import {
  blankRole,
  findRole,
  ROLE,
  ROLE_ID,
  roleData,
  roleToJson,
  type Role,
  type StoredRole,
} from "@/lib/engine/approle/role";
import type { Effect } from "@/lib/engine/effects";
import { invalidRequest } from "@/lib/engine/errors";
import { mountTtls } from "@/lib/engine/mount/ttl";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";

/** True when the mount has a role of this name. */
export async function roleExists(scope: RequestScope, name: string): Promise<boolean> {
  return (await findRole(scope.config, scope.mount.id, name)) !== null;
}

/**
 * Creates a role or changes what was supplied of it.
 *
 * @throws EngineError `invalid_request` with Vault's text.
 * @see https://developer.hashicorp.com/vault/api-docs/auth/approle#create-update-approle
 */
export async function writeRole(
  ports: Ports,
  scope: RequestScope,
  name: string,
  input: RoleInput,
): Promise<Decision> {
  if (Buffer.byteLength(name) > ROLE_NAME_BYTES_MAX) {
    throw invalidRequest(`role_name is longer than maximum of ${ROLE_NAME_BYTES_MAX} bytes`);
  }
  const stored = await findRole(scope.config, scope.mount.id, name);
  if (stored !== null && input.localSecretIds !== undefined) {
    throw invalidRequest("local_secret_ids can only be modified during role creation");
  }
  const { mountMaxSeconds } = mountTtls(scope.mount, ports.limits);
  const before = stored?.role ?? blankRole(name.toLowerCase(), ports.random.uuid());
  const { role, warnings } = changeRole(before, input, mountMaxSeconds);
  return {
    answer: warnings.length === 0 ? null : { warnings },
    effects: await putRole(scope, stored, role),
  };
}

/**
 * The effects that store a role, and its role id where that is new.
 *
 * @throws EngineError `invalid_request` when another role has the role id.
 */
export async function putRole(
  scope: RequestScope,
  stored: StoredRole | null,
  role: Role,
): Promise<Effect[]> {
  const mountId = scope.mount.id;
  const effects: Effect[] = [
    {
      kind: "put_setting",
      mountId,
      setting: ROLE,
      key: role.name,
      body: roleToJson(role),
      revision: stored?.setting.revision ?? 0,
    },
  ];
  if (stored?.role.roleId === role.roleId) return effects;
  if ((await scope.config.setting(mountId, ROLE_ID, role.roleId)) !== null) {
    throw invalidRequest("role_id already in use");
  }
  if (stored !== null) effects.push(forgetRoleId(mountId, stored.role.roleId));
  const body = { role: role.name };
  effects.push({
    kind: "put_setting",
    mountId,
    setting: ROLE_ID,
    key: role.roleId,
    body,
    revision: 0,
  });
  return effects;
}

function forgetRoleId(mountId: string, roleId: string): Effect {
  return { kind: "delete_setting", mountId, setting: ROLE_ID, key: roleId };
}

export async function readRole(scope: RequestScope, name: string): Promise<Decision> {
  const stored = await findRole(scope.config, scope.mount.id, name);
  return stored === null ? answered(null) : told(roleData(stored.role));
}

export async function listRoles(scope: RequestScope): Promise<Decision> {
  const keys = await scope.config.settingKeys(scope.mount.id, ROLE);
  return keys.length === 0 ? answered(null) : told({ keys });
}

/** Forgets a role and all its secret ids; tokens of its logins live on, but do not renew. */
export async function deleteRole(scope: RequestScope, name: string): Promise<Decision> {
  const mountId = scope.mount.id;
  const stored = await findRole(scope.config, mountId, name);
  if (stored === null) return answered(null);
  const role = stored.role.name;
  return effected(
    { kind: "delete_setting", mountId, setting: ROLE, key: role },
    forgetRoleId(mountId, stored.role.roleId),
    { kind: "delete_secret_ids", mountId, role, expiredOnly: false },
  );
}
