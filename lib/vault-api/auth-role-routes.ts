import { searchRoles } from "@/lib/engine/aws-auth/search-roles";
import { integer, text } from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";

const SEARCH_FIELDS = {
  mount: text(),
  q: text(),
  policy: text(),
  auth_type: text(),
  limit: integer(),
  cursor: text(),
} as const;

export const authRoleRoutes: readonly AnyRoute[] = [
  route({
    path: "leasehold/auth-roles",
    fields: SEARCH_FIELDS,
    read: ({ scope, fields }) =>
      searchRoles(scope, {
        mount: fields.mount,
        q: fields.q,
        policy: fields.policy,
        authType: fields.auth_type,
        limit: fields.limit,
        cursor: fields.cursor,
      }),
    help: "Roles of the AWS auth mounts by filter, a page at a time.",
  }),
];
