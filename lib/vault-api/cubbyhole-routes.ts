import {
  cubbyholeHas,
  deleteCubbyhole,
  listCubbyhole,
  readCubbyhole,
  writeCubbyhole,
} from "@/lib/engine/system/cubbyhole";
import { text } from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";

export const cubbyholeRoutes: readonly AnyRoute[] = [
  route({
    path: "*path",
    fields: { path: text() },
    anyInput: true,
    exists: ({ ports, scope, fields: { path = "" } }) => cubbyholeHas(ports, scope, path),
    read: ({ ports, scope, fields: { path = "" } }) => readCubbyhole(ports, scope, path),
    list: ({ ports, scope, fields: { path = "" } }) => listCubbyhole(ports, scope, path),
    update: ({ ports, scope, fields: { path = "" }, raw }) =>
      Promise.resolve(writeCubbyhole(ports, scope, path, raw)),
    delete: ({ scope, fields: { path = "" } }) => Promise.resolve(deleteCubbyhole(scope, path)),
    help: "What the caller's token keeps for itself, until it ends.",
  }),
];
