import {
  deleteRateLimit,
  listRateLimits,
  readQuotasConfig,
  readRateLimit,
  writeQuotasConfig,
  writeRateLimit,
} from "@/lib/engine/system/quotas";
import { commaList, decimal, duration, flag, text } from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";

/** Paths are relative to `sys/`. */
export const quotaRoutes: readonly AnyRoute[] = [
  route({
    path: "quotas/config",
    fields: {
      rate_limit_exempt_paths: commaList(),
      absolute_rate_limit_exempt_paths: commaList(),
      enable_rate_limit_audit_logging: flag(),
      enable_rate_limit_response_headers: flag(),
    },
    read: ({ scope }) => readQuotasConfig(scope),
    update: ({ scope, fields }) =>
      writeQuotasConfig(scope, {
        exemptPaths: fields.rate_limit_exempt_paths,
        absoluteExemptPaths: fields.absolute_rate_limit_exempt_paths,
        auditLogging: fields.enable_rate_limit_audit_logging,
        responseHeaders: fields.enable_rate_limit_response_headers,
      }),
    help: "What holds for all rate limits.",
  }),
  route({
    path: "quotas/rate-limit/",
    fields: {},
    list: ({ scope }) => listRateLimits(scope),
    help: "Names of the rate limits.",
  }),
  route({
    path: "quotas/rate-limit/:name",
    fields: {
      name: text(),
      type: text(),
      path: text(),
      role: text(),
      rate: decimal(),
      interval: duration(),
      block_interval: duration(),
      inheritable: flag(),
      group_by: text(),
      secondary_rate: decimal(),
    },
    read: ({ scope, fields: { name = "" } }) => readRateLimit(scope, name),
    update: ({ scope, fields: { name = "", ...fields } }) =>
      writeRateLimit(scope, name, {
        path: fields.path ?? "",
        role: fields.role ?? "",
        rate: fields.rate ?? 0,
        intervalSeconds: fields.interval ?? 0,
        blockSeconds: fields.block_interval ?? 0,
        inheritable: fields.inheritable,
        groupBy: fields.group_by ?? "",
      }),
    delete: ({ scope, fields: { name = "" } }) => Promise.resolve(deleteRateLimit(scope, name)),
    help: "How often each client address may call a mount, or a path of it.",
  }),
];
