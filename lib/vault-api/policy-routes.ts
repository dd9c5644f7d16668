import {
  accessorCapabilities,
  readResultantAcl,
  selfCapabilities,
  tokenCapabilities,
} from "@/lib/engine/system/capabilities";
import {
  deletePolicy,
  listPolicies,
  listPoliciesTwice,
  readPolicy,
  writePolicy,
} from "@/lib/engine/system/policies";
import { commaList, text } from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";

const ANY_NAME = { name: ".+" } as const;

const RULES_DEPRECATED = "'rules' is deprecated, please use 'policy' instead";

const CAPABILITY_FIELDS = {
  token: text(),
  accessor: text(),
  path: commaList(),
  paths: commaList(),
} as const;

const pathsOf = (fields: { path: string[] | undefined; paths: string[] | undefined }): string[] =>
  fields.paths ?? fields.path ?? [];

export const policyRoutes: readonly AnyRoute[] = [
  route({
    path: "policies/acl/",
    fields: {},
    list: ({ scope }) => listPolicies(scope),
    help: "Names of the policies.",
  }),
  route({
    path: "policies/acl/:name",
    names: ANY_NAME,
    fields: { name: text(), policy: text() },
    read: ({ scope, fields }) => readPolicy(scope, fields.name ?? "", "policy"),
    update: ({ fields }) => writePolicy(fields.name ?? "", fields.policy ?? "", []),
    delete: ({ fields }) => deletePolicy(fields.name ?? ""),
    help: "A policy.",
  }),
  route({
    path: "policies/acl",
    fields: {},
    help: "Names of the policies.",
  }),
  route({
    path: "policy",
    fields: {},
    read: ({ scope }) => listPoliciesTwice(scope),
    duplicated: true,
    help: "Names of the policies.",
  }),
  route({
    path: "policy/",
    fields: {},
    list: ({ scope }) => listPoliciesTwice(scope),
    duplicated: true,
    help: "Names of the policies.",
  }),
  route({
    path: "policy/:name",
    names: ANY_NAME,
    fields: { name: text(), policy: text(), rules: text() },
    read: ({ scope, fields }) => readPolicy(scope, fields.name ?? "", "rules"),
    update: ({ fields: { name = "", policy = "", rules = "" } }) =>
      policy === "" && rules !== ""
        ? writePolicy(name, rules, [RULES_DEPRECATED])
        : writePolicy(name, policy, []),
    delete: ({ fields }) => deletePolicy(fields.name ?? ""),
    duplicated: true,
    help: "A policy, in the old form.",
  }),
  route({
    path: "capabilities",
    fields: CAPABILITY_FIELDS,
    update: ({ ports, scope, fields }) =>
      tokenCapabilities(ports, scope, { token: fields.token ?? "", paths: pathsOf(fields) }),
    duplicated: true,
    help: "What a token may do at some paths.",
  }),
  route({
    path: "capabilities-self",
    fields: CAPABILITY_FIELDS,
    update: ({ scope, fields }) => selfCapabilities(scope, pathsOf(fields)),
    duplicated: true,
    help: "What the caller may do at some paths.",
  }),
  route({
    path: "capabilities-accessor",
    fields: CAPABILITY_FIELDS,
    update: ({ ports, scope, fields }) =>
      accessorCapabilities(ports, scope, {
        accessor: fields.accessor ?? "",
        paths: pathsOf(fields),
      }),
    duplicated: true,
    help: "What the token behind an accessor may do at some paths.",
  }),
  route({
    path: "internal/ui/resultant-acl",
    fields: {},
    read: ({ scope }) => readResultantAcl(scope),
    help: "The caller's compiled policies.",
  }),
];
