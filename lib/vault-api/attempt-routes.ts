import { dryRunLogin } from "@/lib/engine/attempt/dry-run";
import { loginsByRole, readAttempt, searchAttempts } from "@/lib/engine/attempt/search";
import { commaList, headerMap, integer, text, time } from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";

/** Paths are relative to `sys/`. */
export const attemptRoutes: readonly AnyRoute[] = [
  route({
    path: "leasehold/attempts",
    fields: {
      mount: commaList(),
      result: text(),
      role: text(),
      step: text(),
      cause: text(),
      account: text(),
      q: text(),
      from: time(),
      to: time(),
      limit: integer(),
      cursor: text(),
    },
    read: ({ ports, scope, fields }) =>
      searchAttempts(ports, scope, {
        mount: fields.mount,
        result: fields.result,
        role: fields.role,
        step: fields.step,
        cause: fields.cause,
        account: fields.account,
        q: fields.q,
        from: fields.from,
        to: fields.to,
        limit: fields.limit,
        cursor: fields.cursor,
      }),
    help: "Logins through AWS auth mounts by filter, a page at a time.",
  }),
  route({
    path: "leasehold/attempts/dry-run",
    fields: {
      mount: text(),
      role: text(),
      principal: text(),
      client_address: text(),
      iam_http_request_method: text(),
      iam_request_url: text(),
      iam_request_body: text(),
      iam_request_headers: headerMap(),
    },
    exists: () => Promise.resolve(false),
    update: ({ ports, scope, fields }) =>
      dryRunLogin(ports, scope, {
        mount: fields.mount,
        principal: fields.principal,
        clientAddress: fields.client_address,
        login: {
          role: fields.role,
          method: fields.iam_http_request_method,
          url: fields.iam_request_url,
          body: fields.iam_request_body,
          headers: fields.iam_request_headers,
          pkcs7: undefined,
          identity: undefined,
          signature: undefined,
        },
      }),
    help: "Whether a login would pass, and if not why; grants nothing.",
  }),
  route({
    path: "leasehold/attempts/by-role",
    fields: { mount: text(), role: commaList() },
    read: ({ ports, scope, fields }) =>
      loginsByRole(ports, scope, { mount: fields.mount, role: fields.role }),
    help: "The last login of each role named, and how many were refused in 24 hours.",
  }),
  route({
    path: "leasehold/attempts/:id",
    fields: { id: text() },
    read: ({ ports, scope, fields }) => readAttempt(ports, scope, fields.id ?? ""),
    help: "One login with all its checks.",
  }),
];
