import { EngineError } from "@/lib/engine/errors";
import { route, type AnyRoute, type Handler } from "@/lib/vault-api/route";

/** Whatever is asked there, the answer is the same 404. */
function absent(path: string, answer: string, help: string): AnyRoute {
  const handler: Handler<Record<string, never>> = () =>
    Promise.reject(new EngineError("not_found", answer));
  return route({
    path,
    fields: {},
    read: handler,
    list: handler,
    update: handler,
    patch: handler,
    delete: handler,
    help,
  });
}

/** Clients take this text for "not an Enterprise server" and go on without. */
const ENTERPRISE = "enterprise-only feature";
const ENTERPRISE_HELP = "A feature of Vault Enterprise, which is not offered.";

/** Vault's paths that answer with a text of their own; relative to `sys/`. */
export const absentRoutes: readonly AnyRoute[] = [
  ...[
    "license/*rest",
    "replication/*rest",
    "namespaces",
    "namespaces/*rest",
    "managed-keys/*rest",
    "quotas/lease-count/*rest",
  ].map((path) => absent(path, ENTERPRISE, ENTERPRISE_HELP)),
  absent(
    "internal/counters/requests",
    "The functionality has been removed on this path",
    "Counts of requests, which Vault has removed.",
  ),
];
