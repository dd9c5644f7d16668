import {
  createFreeze,
  deleteFreeze,
  listFreezeIds,
  listFreezes,
  readFreeze,
} from "@/lib/engine/freeze/freezes";
import { duration, text } from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";

/** Paths are relative to `sys/`. */
export const freezeRoutes: readonly AnyRoute[] = [
  route({
    path: "leasehold/freezes",
    fields: {
      principal: text(),
      mount: text(),
      role: text(),
      ttl: duration(),
      message: text(),
      reason: text(),
    },
    exists: () => Promise.resolve(false),
    read: ({ ports, scope }) => listFreezes(ports, scope),
    update: ({ ports, scope, fields: { ttl, ...fields } }) =>
      createFreeze(ports, scope, { ...fields, ttlSeconds: ttl }),
    help: "Principals and roles that log in no more and get no credentials, each until its time.",
  }),
  route({
    path: "leasehold/freezes/",
    fields: {},
    list: ({ scope }) => listFreezeIds(scope),
    help: "Ids of the freezes.",
  }),
  route({
    path: "leasehold/freezes/:id",
    fields: { id: text() },
    read: ({ ports, scope, fields }) => readFreeze(ports, scope, fields.id ?? ""),
    delete: ({ scope, fields }) => deleteFreeze(scope, fields.id ?? ""),
    help: "A freeze; deleting it ends it at once.",
  }),
];
