import { answered, told, type Decision } from "@/lib/engine/answer";
import {
  changeRole,
  checkPeriod,
  checkRole,
  roleMissing,
  type RoleInput,
} from "@/lib/engine/approle/change-role";
import { findRole, listOrNull, type Role } from "@/lib/engine/approle/role";
import { putRole } from "@/lib/engine/approle/roles";
import { invalidRequest } from "@/lib/engine/errors";
import { mountTtls } from "@/lib/engine/mount/ttl";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";

/** One property of a role that has a path of its own. */
export type RoleProperty = {
  show: (role: Role) => Record<string, unknown>;
  warning?: string;
  /** Name that the error tells when nothing was supplied. */
  field: string;
  supplied: (input: RoleInput) => unknown;
  /** @throws EngineError `invalid_request` for values that this path alone refuses. */
  check?: (role: Role, mountMaxSeconds: number) => void;
  /** Lays the default over the role. */
  reset: (role: Role) => Role;
};

const withParameters = (role: Role, changed: Partial<Role["parameters"]>): Role => ({
  ...role,
  parameters: { ...role.parameters, ...changed },
});

const SECRET_ID_CIDRS = {
  supplied: (input: RoleInput) => orAbsent(input.secretIdCidrs),
  reset: (role: Role): Role => ({ ...role, secretIdCidrs: [] }),
};

/** An empty list counts as nothing supplied. */
function orAbsent(list: readonly string[] | undefined): readonly string[] | undefined {
  return list?.length === 0 ? undefined : list;
}

export const ROLE_PROPERTIES = {
  policies: {
    show: ({ parameters, legacyPolicies }) => ({
      token_policies: parameters.policies,
      ...(legacyPolicies && { policies: parameters.policies }),
    }),
    field: "token_policies",
    supplied: (input) => input.token_policies ?? input.policies,
    reset: (role) => ({ ...withParameters(role, { policies: [] }), legacyPolicies: false }),
  },
  "secret-id-num-uses": {
    show: (role) => ({ secret_id_num_uses: role.secretIdNumUses }),
    field: "secret_id_num_uses",
    supplied: (input) => input.secretIdNumUses,
    reset: (role) => ({ ...role, secretIdNumUses: 0 }),
  },
  "secret-id-ttl": {
    show: (role) => ({ secret_id_ttl: role.secretIdTtlSeconds }),
    field: "secret_id_ttl",
    supplied: (input) => input.secretIdTtlSeconds,
    reset: (role) => ({ ...role, secretIdTtlSeconds: 0 }),
  },
  "token-ttl": {
    show: ({ parameters }) => ({ token_ttl: parameters.ttlSeconds }),
    field: "token_ttl",
    supplied: (input) => input.token_ttl,
    reset: (role) => withParameters(role, { ttlSeconds: 0 }),
  },
  "token-max-ttl": {
    show: ({ parameters }) => ({ token_max_ttl: parameters.maxTtlSeconds }),
    field: "token_max_ttl",
    supplied: (input) => input.token_max_ttl,
    reset: (role) => withParameters(role, { maxTtlSeconds: 0 }),
  },
  "token-num-uses": {
    show: ({ parameters }) => ({ token_num_uses: parameters.numUses }),
    field: "token_num_uses",
    supplied: (input) => input.token_num_uses,
    reset: (role) => withParameters(role, { numUses: 0 }),
  },
  period: {
    show: ({ parameters, legacyPeriod }) => ({
      token_period: parameters.periodSeconds,
      ...(legacyPeriod && { period: parameters.periodSeconds }),
    }),
    field: "token_period",
    supplied: (input) => input.token_period ?? input.periodSeconds,
    check: (role, mountMaxSeconds) => checkPeriod(role.parameters.periodSeconds, mountMaxSeconds),
    reset: (role) => ({ ...withParameters(role, { periodSeconds: 0 }), legacyPeriod: false }),
  },
  "bind-secret-id": {
    show: (role) => ({ bind_secret_id: role.bindSecretId }),
    field: "bind_secret_id",
    supplied: (input) => input.bindSecretId,
    reset: (role) => ({ ...role, bindSecretId: true }),
  },
  "secret-id-bound-cidrs": {
    show: (role) => ({ secret_id_bound_cidrs: listOrNull(role.secretIdCidrs) }),
    field: "secret_id_bound_cidrs",
    ...SECRET_ID_CIDRS,
  },
  "bound-cidr-list": {
    show: (role) => ({ bound_cidr_list: listOrNull(role.secretIdCidrs) }),
    warning:
      'The "bound_cidr_list" field is deprecated and will be removed. Please use "secret_id_bound_cidrs" instead.',
    field: "bound_cidr_list",
    ...SECRET_ID_CIDRS,
  },
  "token-bound-cidrs": {
    show: ({ parameters }) => ({ token_bound_cidrs: listOrNull(parameters.boundCidrs) }),
    field: "token_bound_cidrs",
    supplied: (input) => orAbsent(input.token_bound_cidrs),
    reset: (role) => withParameters(role, { boundCidrs: [] }),
  },
  "role-id": {
    show: (role) => ({ role_id: role.roleId }),
    field: "role_id",
    supplied: (input) => (input.roleId === "" ? undefined : input.roleId),
    reset: (role) => role,
  },
  "local-secret-ids": {
    show: (role) => ({ local_secret_ids: role.localSecretIds }),
    field: "local_secret_ids",
    supplied: (input) => input.localSecretIds,
    reset: (role) => role,
  },
} as const satisfies Record<string, RoleProperty>;

export type RolePropertyName = keyof typeof ROLE_PROPERTIES;

export async function readProperty(
  scope: RequestScope,
  name: string,
  property: RoleProperty,
): Promise<Decision> {
  const stored = await findRole(scope.config, scope.mount.id, name);
  if (stored === null) return answered(null);
  const data = property.show(stored.role);
  return property.warning === undefined
    ? told(data)
    : answered({ data, warnings: [property.warning] });
}

/**
 * Changes one property of a role that exists.
 *
 * @throws EngineError `invalid_request`, `unsupported_path` (no such role).
 * @see https://developer.hashicorp.com/vault/api-docs/auth/approle#read-write-or-delete-approle-properties
 */
export async function writeProperty(
  ports: Ports,
  scope: RequestScope,
  at: { role: string; property: RoleProperty },
  input: RoleInput,
): Promise<Decision> {
  const stored = await findRole(scope.config, scope.mount.id, at.role);
  if (stored === null) throw roleMissing();
  if (at.property.supplied(input) === undefined) {
    throw invalidRequest(`missing ${at.property.field}`);
  }
  checkTtls(stored.role, input);
  const { mountMaxSeconds } = mountTtls(scope.mount, ports.limits);
  const { role } = changeRole(stored.role, input, mountMaxSeconds);
  at.property.check?.(role, mountMaxSeconds);
  return { answer: null, effects: await putRole(scope, stored, role) };
}

/** These paths have texts of their own for a TTL above its maximum. */
function checkTtls({ parameters }: Role, input: RoleInput): void {
  const ttl = input.token_ttl ?? parameters.ttlSeconds;
  const max = input.token_max_ttl ?? parameters.maxTtlSeconds;
  if (max === 0 || ttl <= max) return;
  if (input.token_ttl !== undefined) {
    throw invalidRequest("token_ttl should not be greater than token_max_ttl");
  }
  if (input.token_max_ttl !== undefined) {
    throw invalidRequest("token_max_ttl should be greater than or equal to token_ttl");
  }
}

/** Gives a property of a role its default back; nothing to do when the role is gone. */
export async function resetProperty(
  ports: Ports,
  scope: RequestScope,
  at: { role: string; property: RoleProperty },
): Promise<Decision> {
  const stored = await findRole(scope.config, scope.mount.id, at.role);
  if (stored === null) return answered(null);
  const role = at.property.reset(stored.role);
  checkRole(role, mountTtls(scope.mount, ports.limits).mountMaxSeconds);
  return { answer: null, effects: await putRole(scope, stored, role) };
}
