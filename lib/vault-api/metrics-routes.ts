import { readInFlight, readMetrics } from "@/lib/engine/system/metrics";
import { text } from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";

/** Paths are relative to `sys/`. */
export const metricsRoutes: readonly AnyRoute[] = [
  route({
    path: "metrics",
    fields: { format: text() },
    read: ({ ports, scope, fields }) => readMetrics(ports, scope, fields.format),
    help: "Numbers for monitoring, as JSON or for Prometheus.",
  }),
  route({
    path: "in-flight-req",
    fields: {},
    read: ({ ports }) => Promise.resolve(readInFlight(ports)),
    help: "The requests that this process is answering now.",
  }),
];
