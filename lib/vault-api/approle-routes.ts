import type { RoleInput } from "@/lib/engine/approle/change-role";
import {
  issueSecretId,
  registerCustomSecretId,
  type SecretIdInput,
} from "@/lib/engine/approle/issue-secret-id";
import { login } from "@/lib/engine/approle/login";
import {
  readProperty,
  resetProperty,
  ROLE_PROPERTIES,
  writeProperty,
  type RolePropertyName,
} from "@/lib/engine/approle/role-properties";
import { deleteRole, listRoles, readRole, roleExists, writeRole } from "@/lib/engine/approle/roles";
import {
  destroyByAccessor,
  destroySecretId,
  listSecretIds,
  lookUpByAccessor,
  lookUpSecretId,
  tidySecretIds,
} from "@/lib/engine/approle/secret-ids";
import { commaList, duration, flag, integer, text, type FieldValues } from "@/lib/vault-api/fields";
import { route, type AnyRoute, type Call } from "@/lib/vault-api/route";
import { TOKEN_PARAMETER_FIELDS } from "@/lib/vault-api/token-parameter-fields";

const ROLE_FIELDS = {
  role_name: text(),
  role_id: text(),
  bind_secret_id: flag(),
  secret_id_bound_cidrs: commaList(),
  bound_cidr_list: commaList(),
  secret_id_num_uses: integer(),
  secret_id_ttl: duration(),
  local_secret_ids: flag(),
  policies: commaList(),
  period: duration(),
  ...TOKEN_PARAMETER_FIELDS,
} as const;

type RoleCall = Call<typeof ROLE_FIELDS>;

function roleInput(fields: FieldValues<typeof ROLE_FIELDS>): RoleInput {
  return {
    ...fields,
    roleId: fields.role_id,
    bindSecretId: fields.bind_secret_id,
    secretIdCidrs: fields.secret_id_bound_cidrs ?? fields.bound_cidr_list,
    secretIdNumUses: fields.secret_id_num_uses,
    secretIdTtlSeconds: fields.secret_id_ttl,
    localSecretIds: fields.local_secret_ids,
    periodSeconds: fields.period,
  };
}

const SECRET_ID_FIELDS = {
  role_name: text(),
  metadata: text(),
  cidr_list: commaList(),
  token_bound_cidrs: commaList(),
  num_uses: integer(),
  ttl: duration(),
} as const;

function secretIdInput(fields: FieldValues<typeof SECRET_ID_FIELDS>): SecretIdInput {
  return {
    metadata: fields.metadata,
    cidrs: fields.cidr_list,
    tokenBoundCidrs: fields.token_bound_cidrs,
    numUses: fields.num_uses,
    ttlSeconds: fields.ttl,
  };
}

/** The fields that each property of a role is written by. */
const PROPERTY_FIELDS = {
  policies: ["token_policies", "policies"],
  "secret-id-num-uses": ["secret_id_num_uses"],
  "secret-id-ttl": ["secret_id_ttl"],
  "token-ttl": ["token_ttl"],
  "token-max-ttl": ["token_max_ttl"],
  "token-num-uses": ["token_num_uses"],
  period: ["token_period", "period"],
  "bind-secret-id": ["bind_secret_id"],
  "secret-id-bound-cidrs": ["secret_id_bound_cidrs"],
  "bound-cidr-list": ["bound_cidr_list"],
  "token-bound-cidrs": ["token_bound_cidrs"],
  "role-id": ["role_id"],
  "local-secret-ids": [],
} as const satisfies Record<RolePropertyName, readonly (keyof typeof ROLE_FIELDS)[]>;

/** What can be done to a property; all can be read. */
function propertyRoute(name: RolePropertyName, may: { write: boolean; reset: boolean }): AnyRoute {
  const property = ROLE_PROPERTIES[name];
  const names = ["role_name", ...PROPERTY_FIELDS[name]] as const;
  // Some of the role's fields: one that is not among them has the value of one not supplied.
  const fields = Object.fromEntries(
    names.map((field) => [field, ROLE_FIELDS[field]]),
  ) as typeof ROLE_FIELDS;
  const at = ({ fields: { role_name = "" } }: RoleCall) => ({ role: role_name, property });
  return route<typeof ROLE_FIELDS>({
    path: `role/:role_name/${name}`,
    fields,
    read: ({ scope, fields: { role_name = "" } }) => readProperty(scope, role_name, property),
    ...(may.write && {
      update: (call: RoleCall) =>
        writeProperty(call.ports, call.scope, at(call), roleInput(call.fields)),
    }),
    ...(may.reset && {
      delete: (call: RoleCall) => resetProperty(call.ports, call.scope, at(call)),
    }),
    help: `The ${property.field} of a role.`,
  });
}

const PROPERTY_ROUTES = [
  propertyRoute("policies", { write: true, reset: true }),
  propertyRoute("secret-id-num-uses", { write: true, reset: true }),
  propertyRoute("secret-id-ttl", { write: true, reset: true }),
  propertyRoute("token-ttl", { write: true, reset: true }),
  propertyRoute("token-max-ttl", { write: true, reset: true }),
  propertyRoute("token-num-uses", { write: true, reset: true }),
  propertyRoute("period", { write: true, reset: true }),
  propertyRoute("bind-secret-id", { write: true, reset: true }),
  propertyRoute("secret-id-bound-cidrs", { write: true, reset: true }),
  propertyRoute("bound-cidr-list", { write: true, reset: true }),
  propertyRoute("token-bound-cidrs", { write: true, reset: true }),
  propertyRoute("role-id", { write: true, reset: false }),
  propertyRoute("local-secret-ids", { write: false, reset: false }),
];

const BY_SECRET_ID = { role_name: text(), secret_id: text() } as const;
const BY_ACCESSOR = { role_name: text(), secret_id_accessor: text() } as const;

export const approleRoutes: readonly AnyRoute[] = [
  route({
    path: "login",
    public: true,
    fields: { role_id: text(), secret_id: text() },
    update: ({ ports, scope, fields: { role_id = "", secret_id = "" } }) =>
      login(ports, scope, { roleId: role_id, secretId: secret_id }),
    help: "Logs in with a role id and a secret id.",
  }),
  route({
    path: "role/",
    fields: {},
    list: ({ scope }) => listRoles(scope),
    help: "Names of the roles.",
  }),
  route({
    path: "role/:role_name",
    fields: ROLE_FIELDS,
    exists: ({ scope, fields: { role_name = "" } }) => roleExists(scope, role_name),
    read: ({ scope, fields: { role_name = "" } }) => readRole(scope, role_name),
    update: ({ ports, scope, fields }) =>
      writeRole(ports, scope, fields.role_name ?? "", roleInput(fields)),
    delete: ({ scope, fields: { role_name = "" } }) => deleteRole(scope, role_name),
    help: "A role: who may log in with which secret ids, and what the tokens are like.",
  }),
  ...PROPERTY_ROUTES,
  route({
    path: "role/:role_name/secret-id",
    fields: SECRET_ID_FIELDS,
    update: ({ ports, scope, fields }) =>
      issueSecretId(ports, scope, fields.role_name ?? "", secretIdInput(fields)),
    help: "Issues a secret id for a role.",
  }),
  route({
    path: "role/:role_name/secret-id/",
    fields: { role_name: text() },
    list: ({ ports, scope, fields: { role_name = "" } }) => listSecretIds(ports, scope, role_name),
    help: "Accessors of a role's secret ids.",
  }),
  route({
    path: "role/:role_name/custom-secret-id",
    fields: { ...SECRET_ID_FIELDS, secret_id: text() },
    update: ({ ports, scope, fields }) =>
      registerCustomSecretId(
        ports,
        scope,
        { roleName: fields.role_name ?? "", secretId: fields.secret_id ?? "" },
        secretIdInput(fields),
      ),
    help: "Registers a secret id of the caller's choice for a role.",
  }),
  route({
    path: "role/:role_name/secret-id/lookup",
    fields: BY_SECRET_ID,
    update: ({ ports, scope, fields: { role_name = "", secret_id = "" } }) =>
      lookUpSecretId(ports, scope, role_name, secret_id),
    help: "What is known of a secret id.",
  }),
  route({
    path: "role/:role_name/secret-id/destroy",
    fields: BY_SECRET_ID,
    update: ({ ports, scope, fields: { role_name = "", secret_id = "" } }) =>
      destroySecretId(ports, scope, role_name, secret_id),
    delete: ({ ports, scope, fields: { role_name = "", secret_id = "" } }) =>
      destroySecretId(ports, scope, role_name, secret_id),
    help: "Forgets a secret id.",
  }),
  route({
    path: "role/:role_name/secret-id-accessor/lookup",
    fields: BY_ACCESSOR,
    update: ({ ports, scope, fields: { role_name = "", secret_id_accessor = "" } }) =>
      lookUpByAccessor(ports, scope, role_name, secret_id_accessor),
    help: "What is known of the secret id behind an accessor.",
  }),
  route({
    path: "role/:role_name/secret-id-accessor/destroy",
    fields: BY_ACCESSOR,
    update: ({ ports, scope, fields: { role_name = "", secret_id_accessor = "" } }) =>
      destroyByAccessor(ports, scope, role_name, secret_id_accessor),
    delete: ({ ports, scope, fields: { role_name = "", secret_id_accessor = "" } }) =>
      destroyByAccessor(ports, scope, role_name, secret_id_accessor),
    help: "Forgets the secret id behind an accessor.",
  }),
  route({
    path: "tidy/secret-id",
    fields: {},
    update: ({ scope }) => Promise.resolve(tidySecretIds(scope)),
    help: "Deletes expired secret ids.",
  }),
];
