import { login } from "@/lib/engine/userpass/login";
import {
  deleteUser,
  listUsers,
  readUser,
  userExists,
  writePassword,
  writePolicies,
  writeUser,
} from "@/lib/engine/userpass/users";
import { commaList, duration, text } from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";
import { TOKEN_PARAMETER_FIELDS } from "@/lib/vault-api/token-parameter-fields";

const PASSWORD_FIELDS = { username: text(), password: text(), password_hash: text() } as const;

const USER_FIELDS = {
  ...PASSWORD_FIELDS,
  policies: commaList(),
  ttl: duration(),
  max_ttl: duration(),
  bound_cidrs: commaList(),
  ...TOKEN_PARAMETER_FIELDS,
} as const;

export const userpassRoutes: readonly AnyRoute[] = [
  route({
    path: "login/:username",
    public: true,
    fields: { username: text(), password: text() },
    update: ({ ports, scope, fields: { username = "", password = "" } }) =>
      login(ports, scope, username, password),
    help: "Logs in with a password.",
  }),
  route({
    path: "users/",
    fields: {},
    list: ({ scope }) => listUsers(scope),
    help: "Names of the users.",
  }),
  route({
    path: "users/:username",
    fields: USER_FIELDS,
    exists: ({ scope, fields: { username = "" } }) => userExists(scope, username),
    read: ({ scope, fields: { username = "" } }) => readUser(scope, username),
    update: ({ ports, scope, fields }) =>
      writeUser(ports, scope, fields.username ?? "", {
        ...fields,
        passwordHash: fields.password_hash,
      }),
    delete: ({ scope, fields: { username = "" } }) => Promise.resolve(deleteUser(scope, username)),
    help: "A user: its password, and what its tokens are like.",
  }),
  route({
    path: "users/:username/password",
    fields: PASSWORD_FIELDS,
    update: ({ ports, scope, fields }) =>
      writePassword(ports, scope, fields.username ?? "", {
        password: fields.password,
        passwordHash: fields.password_hash,
      }),
    help: "Gives a user another password.",
  }),
  route({
    path: "users/:username/policies",
    fields: {
      username: text(),
      policies: commaList(),
      token_policies: commaList(),
    },
    update: ({ scope, fields }) => writePolicies(scope, fields.username ?? "", fields),
    help: "Gives a user other policies.",
  }),
];
