import { readRevocationConfig, writeRevocationConfig } from "@/lib/engine/session-denial/config";
import { listDenials, readDenial } from "@/lib/engine/session-denial/read";
import { integer, text } from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";

/** Sessions that are made useless at AWS; relative to an AWS secrets mount. */
export const sessionDenialRoutes: readonly AnyRoute[] = [
  route({
    path: "config/revocation",
    fields: { mode: text(), overflow: text() },
    read: ({ scope }) => readRevocationConfig(scope),
    update: ({ scope, fields }) =>
      writeRevocationConfig(scope, { mode: fields.mode, overflow: fields.overflow }),
    help: "Whether AWS sessions are denied when their leases end before them.",
  }),
  route({
    path: "revocations/",
    fields: { limit: integer(), cursor: text() },
    list: ({ ports, scope, fields }) =>
      listDenials(ports, scope, { limit: fields.limit, cursor: fields.cursor }),
    help: "Leases whose AWS sessions are denied, the newest first.",
  }),
  route({
    path: "revocations/*lease_id",
    fields: { lease_id: text() },
    read: ({ ports, scope, fields }) => readDenial(ports, scope, fields.lease_id ?? ""),
    help: "How far AWS has come with denying the session of a lease.",
  }),
];
