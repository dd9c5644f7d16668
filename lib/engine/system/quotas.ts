import { answered, effected, told, type Decision } from "@/lib/engine/answer";
import { invalidRequest } from "@/lib/engine/errors";
import type { RequestScope } from "@/lib/engine/scope";
import {
  configToJson,
  DEFAULT_EXEMPT_PATHS,
  hasRoles,
  RATE_LIMIT,
  RATE_LIMIT_CONFIG,
  rateLimitsOf,
  rateLimitToJson,
  type RateLimit,
} from "@/lib/engine/system/rate-limit";

export type RateLimitInput = {
  path: string;
  role: string;
  rate: number;
  intervalSeconds: number;
  blockSeconds: number;
  inheritable: boolean | undefined;
  groupBy: string;
};

export async function listRateLimits(scope: RequestScope): Promise<Decision> {
  const { rules } = await rateLimitsOf(scope.config);
  return rules.length === 0 ? answered(null) : told({ keys: rules.map(({ name }) => name) });
}

export async function readRateLimit(scope: RequestScope, name: string): Promise<Decision> {
  const { rules } = await rateLimitsOf(scope.config);
  const rule = rules.find((one) => one.name === name);
  if (rule === undefined) return answered(null);
  return told({
    type: "rate-limit",
    name,
    path: pathOf(scope, rule),
    role: rule.role,
    rate: rule.rate,
    interval: rule.intervalSeconds,
    block_interval: rule.blockSeconds,
    inheritable: rule.inheritable,
    group_by: "ip",
    secondary_rate: 0,
  });
}

/** Where its mount is now. */
function pathOf({ config }: RequestScope, rule: RateLimit): string {
  if (rule.mountId === null) return "";
  return `${config.mounts.byId(rule.mountId)?.fullPath ?? rule.mountPath}${rule.suffix}`;
}

/**
 * Writes a rule whole; what is not given has its default.
 *
 * @throws EngineError `invalid_request`: no positive rate, no such mount, a role where there are
 *   none, or another rule for the same.
 * @see https://developer.hashicorp.com/vault/api-docs/system/rate-limit-quotas
 */
export async function writeRateLimit(
  scope: RequestScope,
  name: string,
  input: RateLimitInput,
): Promise<Decision> {
  if (!(input.rate > 0)) throw invalidRequest("'rate' is invalid");
  if (input.groupBy !== "" && input.groupBy !== "ip") {
    throw invalidRequest(`'group_by' is invalid: requests are told apart by address only ("ip")`);
  }
  const place = placeOf(scope, input);
  const { rules } = await rateLimitsOf(scope.config);
  const similar = rules.find(
    (rule) =>
      rule.name !== name &&
      rule.mountId === place.mountId &&
      rule.suffix === place.suffix &&
      rule.role === input.role,
  );
  if (similar !== undefined) {
    throw invalidRequest(
      `quota rule with similar properties exists under the name "${similar.name}"`,
    );
  }
  const rule: RateLimit = {
    name,
    ...place,
    role: input.role,
    rate: input.rate,
    intervalSeconds: input.intervalSeconds === 0 ? 1 : input.intervalSeconds,
    blockSeconds: input.blockSeconds,
    inheritable: input.inheritable ?? place.mountId === null,
  };
  return effected({
    kind: "put_setting",
    mountId: scope.mount.id,
    setting: RATE_LIMIT,
    key: name,
    body: rateLimitToJson(rule),
  });
}

/** The mount that a path names, or lies below. */
function placeOf(
  { config }: RequestScope,
  { path, role }: RateLimitInput,
): Pick<RateLimit, "mountId" | "mountPath" | "suffix"> {
  const bare = path.replace(/^\/+/, "").replace(/\/+$/, "");
  if (bare === "") {
    if (role !== "") throw noRoles("");
    return { mountId: null, mountPath: "", suffix: "" };
  }
  const mount = config.mounts.ownerOf(`${bare}/`);
  if (mount === null) throw invalidRequest(`invalid mount path "${bare}/"`);
  const suffix = bare.slice(mount.fullPath.length);
  if (role !== "") {
    if (suffix !== "") {
      throw invalidRequest(
        "Quotas cannot contain both a path suffix and a role. If a role is provided, path must be a valid mount with a concept of roles",
      );
    }
    if (!hasRoles(mount)) throw noRoles(mount.fullPath);
  }
  return { mountId: mount.id, mountPath: mount.fullPath, suffix };
}

function noRoles(path: string): Error {
  return invalidRequest(
    `Mount path "${path}" is not a valid auth method and therefore unsuitable for use with role-based quotas`,
  );
}

export function deleteRateLimit(scope: RequestScope, name: string): Decision {
  return effected({
    kind: "delete_setting",
    mountId: scope.mount.id,
    setting: RATE_LIMIT,
    key: name,
  });
}

export async function readQuotasConfig(scope: RequestScope): Promise<Decision> {
  const { config } = await rateLimitsOf(scope.config);
  return told({
    absolute_rate_limit_exempt_paths: config.absoluteExemptPaths ?? null,
    enable_rate_limit_audit_logging: config.auditLogging,
    enable_rate_limit_response_headers: config.responseHeaders,
    rate_limit_exempt_paths: config.exemptPaths ?? DEFAULT_EXEMPT_PATHS,
  });
}

/** Changes what is given and leaves the rest. */
export async function writeQuotasConfig(
  scope: RequestScope,
  input: {
    exemptPaths: readonly string[] | undefined;
    absoluteExemptPaths: readonly string[] | undefined;
    auditLogging: boolean | undefined;
    responseHeaders: boolean | undefined;
  },
): Promise<Decision> {
  const { config } = await rateLimitsOf(scope.config);
  const exemptPaths = input.exemptPaths ?? config.exemptPaths;
  const absoluteExemptPaths = input.absoluteExemptPaths ?? config.absoluteExemptPaths;
  return effected({
    kind: "put_setting",
    mountId: scope.mount.id,
    setting: RATE_LIMIT_CONFIG,
    key: "",
    body: configToJson({
      ...(exemptPaths && { exemptPaths }),
      ...(absoluteExemptPaths && { absoluteExemptPaths }),
      auditLogging: input.auditLogging ?? config.auditLogging,
      responseHeaders: input.responseHeaders ?? config.responseHeaders,
    }),
  });
}
