import { rotateDataKey, sealInstallation } from "@/lib/engine/system/seal";
import { route, type AnyRoute } from "@/lib/vault-api/route";

/** Paths are relative to `sys/`. */
export const sealRoutes: readonly AnyRoute[] = [
  ...["rotate", "rotate/keyring"].map((path) =>
    route({
      path,
      fields: {},
      update: ({ ports }) => rotateDataKey(ports),
      help: "Makes a new key that everything is sealed under from now on.",
    }),
  ),
  route({
    path: "seal",
    fields: {},
    update: () => Promise.resolve(sealInstallation()),
    help: "Ends all service until the installation is unsealed on one of its hosts.",
  }),
];
