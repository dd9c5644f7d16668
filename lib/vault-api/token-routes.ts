import { answered } from "@/lib/engine/answer";
import { createToken, type CreateTokenForm } from "@/lib/engine/token/create";
import { listAccessors, lookupAccessor, lookupSelf, lookupToken } from "@/lib/engine/token/lookup";
import { renewAccessor, renewSelf, renewToken } from "@/lib/engine/token/renew";
import { revokeAccessor, revokeOrphan, revokeSelf, revokeToken } from "@/lib/engine/token/revoke";
import {
  deleteTokenRole,
  listTokenRoles,
  readTokenRole,
  tokenRoleExists,
  writeTokenRole,
} from "@/lib/engine/token/role";
import { TIDY_STARTED } from "@/lib/engine/system/tidy";
import {
  commaList,
  duration,
  flag,
  integer,
  keyValueMap,
  text,
  textList,
} from "@/lib/vault-api/fields";
import { route, type AnyRoute, type Call } from "@/lib/vault-api/route";

const CREATE_FIELDS = {
  id: text(),
  policies: textList(),
  meta: keyValueMap(),
  no_parent: flag(),
  no_default_policy: flag(),
  renewable: flag(),
  ttl: text(),
  lease: text(),
  explicit_max_ttl: text(),
  period: text(),
  type: text(),
  num_uses: integer(),
  display_name: text(),
  entity_alias: text(),
} as const;

const create = (call: Call<typeof CREATE_FIELDS>, form: CreateTokenForm) =>
  createToken(call.ports, call.scope, form, {
    id: call.fields.id,
    policies: call.fields.policies,
    meta: call.fields.meta ?? undefined,
    noParent: call.fields.no_parent,
    noDefaultPolicy: call.fields.no_default_policy,
    renewable: call.fields.renewable,
    ttl: call.fields.ttl ?? call.fields.lease,
    explicitMaxTtl: call.fields.explicit_max_ttl,
    period: call.fields.period,
    type: call.fields.type,
    numUses: call.fields.num_uses,
    displayName: call.fields.display_name,
    entityAlias: call.fields.entity_alias,
  });

const createRoutes: readonly AnyRoute[] = [
  route({
    path: "create",
    fields: CREATE_FIELDS,
    update: (call) => create(call, { orphan: false, roleName: null }),
    help: "Creates a token, a child of the caller's.",
  }),
  route({
    path: "create-orphan",
    fields: CREATE_FIELDS,
    update: (call) => create(call, { orphan: true, roleName: null }),
    help: "Creates a token without parent.",
  }),
  route({
    path: "create/:role_name",
    fields: { ...CREATE_FIELDS, role_name: text() },
    update: (call) => create(call, { orphan: false, roleName: call.fields.role_name ?? "" }),
    help: "Creates a token through a token role.",
  }),
];

const lookupRoutes: readonly AnyRoute[] = [
  route({
    path: "lookup",
    fields: { token: text() },
    read: ({ ports, scope, fields }) => lookupToken(ports, scope, fields.token ?? ""),
    update: ({ ports, scope, fields }) => lookupToken(ports, scope, fields.token ?? ""),
    help: "Properties of a token.",
  }),
  route({
    path: "lookup-self",
    fields: { token: text() },
    read: ({ ports, scope }) => lookupSelf(ports, scope),
    update: ({ ports, scope }) => lookupSelf(ports, scope),
    help: "Properties of the caller's token.",
  }),
  route({
    path: "lookup-accessor",
    fields: { accessor: text() },
    update: ({ ports, fields }) => lookupAccessor(ports, fields.accessor ?? ""),
    help: "Properties of a token, by its accessor.",
  }),
  route({
    path: "accessors/",
    fields: {},
    list: ({ ports }) => listAccessors(ports),
    help: "Accessors of all tokens.",
  }),
];

const renewRoutes: readonly AnyRoute[] = [
  route({
    path: "renew",
    fields: { token: text(), increment: duration() },
    update: ({ ports, scope, fields }) =>
      renewToken(ports, scope, {
        token: fields.token ?? "",
        incrementSeconds: fields.increment ?? 0,
      }),
    help: "Extends a token.",
  }),
  route({
    path: "renew-self",
    fields: { token: text(), increment: duration() },
    update: ({ ports, scope, fields }) => renewSelf(ports, scope, fields.increment ?? 0),
    help: "Extends the caller's token.",
  }),
  route({
    path: "renew-accessor",
    fields: { accessor: text(), increment: duration() },
    update: ({ ports, scope, fields }) =>
      renewAccessor(ports, scope, {
        accessor: fields.accessor ?? "",
        incrementSeconds: fields.increment ?? 0,
      }),
    help: "Extends a token, by its accessor.",
  }),
];

const revokeRoutes: readonly AnyRoute[] = [
  route({
    path: "revoke",
    fields: { token: text() },
    update: ({ ports, fields }) => revokeToken(ports, fields.token ?? ""),
    help: "Ends a token and all that hangs on it.",
  }),
  route({
    path: "revoke-self",
    fields: { token: text() },
    update: ({ ports, scope }) => revokeSelf(ports, scope),
    help: "Ends the caller's token and all that hangs on it.",
  }),
  route({
    path: "revoke-accessor",
    // Operators say why; the built-in log keeps it.
    fields: { accessor: text(), reason: text() },
    update: ({ ports, fields }) => revokeAccessor(ports, fields.accessor ?? ""),
    help: "Ends a token and all that hangs on it, by its accessor.",
  }),
  route({
    path: "revoke-orphan",
    fields: { token: text() },
    update: ({ ports, fields }) => revokeOrphan(ports, fields.token ?? ""),
    help: "Ends a token; its children live on.",
  }),
  route({
    path: "tidy",
    fields: {},
    update: () => Promise.resolve(answered(TIDY_STARTED)),
    help: "Cleans the token store up; the worker does so all the time.",
  }),
];

const ROLE_FIELDS = {
  role_name: text(),
  allowed_policies: commaList(),
  disallowed_policies: commaList(),
  allowed_policies_glob: commaList(),
  disallowed_policies_glob: commaList(),
  orphan: flag(),
  renewable: flag(),
  path_suffix: text(),
  allowed_entity_aliases: commaList(),
  period: duration(),
  explicit_max_ttl: duration(),
  bound_cidrs: commaList(),
  token_period: duration(),
  token_explicit_max_ttl: duration(),
  token_bound_cidrs: commaList(),
  token_no_default_policy: flag(),
  token_num_uses: integer(),
  token_type: text(),
} as const;

const roleRoutes: readonly AnyRoute[] = [
  route({
    path: "roles/",
    fields: {},
    list: ({ scope }) => listTokenRoles(scope),
    help: "Names of the token roles.",
  }),
  route({
    path: "roles/:role_name",
    fields: ROLE_FIELDS,
    exists: ({ scope, fields }) => tokenRoleExists(scope, fields.role_name ?? ""),
    read: ({ scope, fields }) => readTokenRole(scope, fields.role_name ?? ""),
    update: ({ scope, fields }) => writeTokenRole(scope, fields.role_name ?? "", fields),
    delete: ({ scope, fields }) => deleteTokenRole(scope, fields.role_name ?? ""),
    help: "A token role.",
  }),
];

export const tokenRoutes: readonly AnyRoute[] = [
  ...createRoutes,
  ...lookupRoutes,
  ...renewRoutes,
  ...revokeRoutes,
  ...roleRoutes,
];
