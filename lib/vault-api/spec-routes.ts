import { answered } from "@/lib/engine/answer";
import type { MountClass } from "@/lib/engine/mount/mount";
import { touchesPath } from "@/lib/engine/policy/capabilities";
import { callerOf, type RequestScope } from "@/lib/engine/scope";
import { VAULT_VERSION } from "@/lib/vault-api/bare-routes";
import { JSON_TYPE } from "@/lib/vault-api/envelope";
import { openApiDocument, type MountedRoute } from "@/lib/vault-api/openapi";
import { route, type AnyRoute } from "@/lib/vault-api/route";
import type { RouteTable } from "@/lib/vault-api/route-table";

type TableOf = (mountClass: MountClass, type: string) => RouteTable | null;

/** Paths are relative to `sys/`; the document needs the table that they are part of. */
export function specRoutes(tableOf: TableOf): readonly AnyRoute[] {
  return [
    route({
      path: "internal/specs/openapi",
      fields: {},
      read: ({ scope }) => {
        const document = openApiDocument(VAULT_VERSION, visibleRoutes(scope, tableOf));
        const raw = { contentType: JSON_TYPE, text: `${JSON.stringify(document)}\n` };
        return Promise.resolve(answered({ raw }));
      },
      help: "This API as an OpenAPI document, as far as the caller's policies reach.",
    }),
  ];
}

/** The routes of all mounts that the caller can do something under. */
function visibleRoutes(scope: RequestScope, tableOf: TableOf): MountedRoute[] {
  const { acl } = callerOf(scope);
  return scope.config.mounts.all
    .filter((mount) => touchesPath(acl, mount.fullPath))
    .flatMap((mount) =>
      (tableOf(mount.class, mount.type)?.routes ?? []).map((one) => ({
        mountPath: mount.fullPath,
        route: one,
      })),
    );
}
