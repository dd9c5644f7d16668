import { answered } from "@/lib/engine/answer";
import { countLeases, listIrrevocable, listLeases, lookupLease } from "@/lib/engine/lease/read";
import { renewLease } from "@/lib/engine/lease/renew";
import { revokeForce, revokeLease, revokePrefix } from "@/lib/engine/lease/revoke";
import { TIDY_STARTED } from "@/lib/engine/system/tidy";
import { duration, flag, text } from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";

const RENEW_FIELDS = {
  lease_id: text(),
  url_lease_id: text(),
  increment: duration(),
} as const;

const REVOKE_FIELDS = { lease_id: text(), url_lease_id: text(), sync: flag() } as const;

/** The id of the body wins over that of the URL. */
const renewAt = (path: string): AnyRoute =>
  route({
    path,
    fields: RENEW_FIELDS,
    update: ({ ports, scope, fields }) =>
      renewLease(ports, scope, {
        leaseId: idOf(fields),
        incrementSeconds: fields.increment ?? 0,
      }),
    help: "Extends a lease.",
  });

const revokeAt = (path: string): AnyRoute =>
  route({
    path,
    fields: REVOKE_FIELDS,
    update: ({ ports, scope, fields }) =>
      revokeLease(ports, scope, { leaseId: idOf(fields), sync: fields.sync ?? true }),
    help: "Ends a lease.",
  });

function idOf(fields: { lease_id: string | undefined; url_lease_id: string | undefined }): string {
  const { lease_id: inBody = "", url_lease_id: inUrl = "" } = fields;
  return inBody === "" ? inUrl : inBody;
}

const revokePrefixAt = (path: string): AnyRoute =>
  route({
    path,
    fields: { prefix: text(), sync: flag() },
    update: ({ ports, scope, fields }) =>
      revokePrefix(ports, scope, { prefix: fields.prefix ?? "", sync: fields.sync ?? true }),
    help: "Ends all leases below a prefix.",
  });

const revokeForceAt = (path: string): AnyRoute =>
  route({
    path,
    fields: { prefix: text() },
    update: ({ ports, scope, fields }) => revokeForce(ports, scope, fields.prefix ?? ""),
    help: "Forgets all leases below a prefix, whatever AWS says.",
  });

/** Current and old paths; old clients use the latter. */
export const leaseRoutes: readonly AnyRoute[] = [
  route({
    path: "leases/lookup",
    fields: { lease_id: text() },
    update: ({ ports, fields }) => lookupLease(ports, fields.lease_id ?? ""),
    help: "Times of a lease.",
  }),
  route({
    path: "leases/lookup/*prefix",
    fields: { prefix: text() },
    list: ({ ports, fields }) => listLeases(ports, fields.prefix ?? ""),
    help: "Leases one level below a prefix.",
  }),
  renewAt("leases/renew"),
  renewAt("renew"),
  renewAt("leases/renew/*url_lease_id"),
  renewAt("renew/*url_lease_id"),
  revokeAt("leases/revoke"),
  revokeAt("revoke"),
  revokePrefixAt("leases/revoke-prefix/*prefix"),
  revokePrefixAt("revoke-prefix/*prefix"),
  revokeForceAt("leases/revoke-force/*prefix"),
  revokeForceAt("revoke-force/*prefix"),
  revokeAt("leases/revoke/*url_lease_id"),
  revokeAt("revoke/*url_lease_id"),
  route({
    path: "leases/count",
    fields: { type: text(), include_child_namespaces: flag() },
    read: ({ ports, scope, fields }) => countLeases(ports, scope, fields.type ?? ""),
    help: "Number of irrevocable leases.",
  }),
  route({
    path: "leases",
    fields: { type: text(), limit: text(), include_child_namespaces: flag() },
    read: ({ ports, scope, fields }) =>
      listIrrevocable(ports, scope, { type: fields.type ?? "", limit: fields.limit ?? "" }),
    help: "Irrevocable leases, with what keeps them.",
  }),
  route({
    path: "leases/tidy",
    fields: {},
    update: () => Promise.resolve(answered(TIDY_STARTED)),
    help: "Cleans leases up; the worker does so all the time.",
  }),
];
