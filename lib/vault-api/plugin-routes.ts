import { listCatalog, readCatalog, readPlugin } from "@/lib/engine/system/plugin-catalog";
import { VAULT_VERSION } from "@/lib/vault-api/bare-routes";
import { text } from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";

/** Paths are relative to `sys/`. */
export const pluginRoutes: readonly AnyRoute[] = [
  route({
    path: "plugins/catalog",
    fields: {},
    read: () => Promise.resolve(readCatalog(VAULT_VERSION)),
    help: "What can be enabled; all of it is built in.",
  }),
  route({
    path: "plugins/catalog/:type/",
    fields: { type: text() },
    list: ({ fields: { type = "" } }) => Promise.resolve(listCatalog(type)),
    help: "What can be enabled of one kind.",
  }),
  route({
    path: "plugins/catalog/:type/:name",
    fields: { type: text(), name: text() },
    read: ({ fields: { type = "", name = "" } }) =>
      Promise.resolve(readPlugin(type, name, VAULT_VERSION)),
    help: "Something that can be enabled.",
  }),
];
