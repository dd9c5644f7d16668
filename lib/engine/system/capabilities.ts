import { told, type Decision } from "@/lib/engine/answer";
import { aggregatedRequest, invalidRequest } from "@/lib/engine/errors";
import { aclOf } from "@/lib/engine/policy/acl-of";
import { capabilitiesOf, resultantAcl } from "@/lib/engine/policy/capabilities";
import type { Ports } from "@/lib/engine/ports";
import { callerOf, type RequestScope } from "@/lib/engine/scope";
import { tokenByAccessor } from "@/lib/engine/token/lookup";
import { resolveToken } from "@/lib/engine/token/resolve";
import type { Token } from "@/lib/engine/token/token";

/** What a token may do at each path. @throws EngineError `invalid_request`. */
export async function tokenCapabilities(
  ports: Ports,
  scope: RequestScope,
  input: { token: string; paths: readonly string[] },
): Promise<Decision> {
  checkPaths(input.paths);
  if (input.token === "") throw invalidRequest("no token found");
  const { token } = await resolveToken(ports, input.token);
  if (token === null) throw aggregatedRequest("invalid token");
  return capabilities(scope, token, input.paths);
}

export async function selfCapabilities(
  scope: RequestScope,
  paths: readonly string[],
): Promise<Decision> {
  checkPaths(paths);
  return capabilities(scope, callerOf(scope).token, paths);
}

export async function accessorCapabilities(
  ports: Ports,
  scope: RequestScope,
  input: { accessor: string; paths: readonly string[] },
): Promise<Decision> {
  if (input.accessor === "") throw invalidRequest("missing accessor");
  checkPaths(input.paths);
  const token = await tokenByAccessor(ports, input.accessor);
  return capabilities(scope, token, input.paths);
}

function checkPaths(paths: readonly string[]): void {
  if (paths.length === 0) throw invalidRequest("paths must be supplied");
}

async function capabilities(
  scope: RequestScope,
  token: Token,
  paths: readonly string[],
): Promise<Decision> {
  const acl = await aclOf(token, scope.config);
  const data: Record<string, unknown> = {};
  for (const path of paths) {
    if (path === "") throw aggregatedRequest("missing path");
    data[path] = capabilitiesOf(acl, path.replace(/^\//, ""));
  }
  const [only] = paths;
  if (only !== undefined && paths.length === 1) data["capabilities"] = data[only];
  return told(data);
}

/** The caller's compiled policies, for user interfaces. */
export function readResultantAcl(scope: RequestScope): Promise<Decision> {
  return Promise.resolve(told(resultantAcl(callerOf(scope).acl)));
}
