import {
  deleteGroup,
  groupExists,
  listGroups,
  loginByClaims,
  readGroup,
  writeGroup,
} from "@/lib/engine/console/oidc";
import { commaList, text, textList } from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";

/** Of the built-in mount `auth/console-oidc/`. */
export const consoleOidcRoutes: readonly AnyRoute[] = [
  route({
    path: "login",
    public: true,
    fields: { subject: text(), name: text(), groups: textList() },
    update: ({ ports, scope, fields: { subject = "", name = "", groups = [] } }) =>
      loginByClaims(ports, scope, { subject, name, groups }),
    help: "Used by the console's own sign-in, and open to nothing else.",
  }),
  route({
    path: "groups/",
    fields: {},
    list: ({ scope }) => listGroups(scope),
    help: "Groups of the sign-in provider that have policies here.",
  }),
  route({
    path: "groups/*group",
    fields: { group: text(), policies: commaList() },
    exists: ({ scope, fields: { group = "" } }) => groupExists(scope, group),
    read: ({ scope, fields: { group = "" } }) => readGroup(scope, group),
    update: ({ scope, fields }) => writeGroup(scope, fields.group ?? "", fields.policies),
    delete: ({ scope, fields: { group = "" } }) => Promise.resolve(deleteGroup(scope, group)),
    help: "The policies of a group of the sign-in provider, by the name it has there.",
  }),
];
