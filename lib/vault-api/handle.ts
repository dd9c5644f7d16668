import { answered, type Decision } from "@/lib/engine/answer";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import { parseFields, unknownNames } from "@/lib/vault-api/fields";
import { helpAnswer } from "@/lib/vault-api/help";
import type { ReadRequest } from "@/lib/vault-api/read-request";
import type { Call, Fields } from "@/lib/vault-api/route";
import type { RouteMatch } from "@/lib/vault-api/route-table";

/** The input of a call: what was sent, with the names of the path laid over it. */
export function inputOf(
  request: ReadRequest,
  match: RouteMatch,
  style: "validated" | "existence",
): Pick<Call<Fields>, "fields" | "raw"> {
  const named = { ...request.data, ...match.names };
  const fields = parseFields(match.route.fields, named, style);
  return { raw: match.route.anyInput === true ? { ...request.data } : named, fields };
}

/**
 * Runs a route's handler.
 *
 * @returns its decision, with the warnings about names that it did not ask for.
 * @throws EngineError whatever the use case refuses.
 */
export async function runHandler(
  ports: Ports,
  at: { request: ReadRequest; scope: RequestScope; match: RouteMatch },
): Promise<{ decision: Decision; warnings: string[] }> {
  const { request, scope, match } = at;
  const { route } = match;
  if (scope.operation === "help") {
    return { decision: answered(helpAnswer(scope, match)), warnings: [] };
  }
  const style = route.exists === undefined ? "validated" : "existence";
  const input = inputOf(request, match, style);
  const name = scope.operation === "create" ? "update" : scope.operation;
  const handler = route[name];
  if (handler === undefined) throw new Error(`${scope.path} has no ${scope.operation}`);
  const decision = await handler({ ports, scope, ...input });
  return { decision, warnings: inputWarnings(request, match) };
}

function inputWarnings(request: ReadRequest, { route, names }: RouteMatch): string[] {
  if (request.data === null || route.anyInput === true) return [];
  const unknown = unknownNames(route.fields, request.data);
  const replaced = Object.keys(request.data).filter((name) => name in names);
  return [
    ...(unknown.length === 0
      ? []
      : [`Endpoint ignored these unrecognized parameters: [${unknown.join(" ")}]`]),
    ...(replaced.length === 0
      ? []
      : [
          `Endpoint replaced the value of these parameters with the values captured from the endpoint's path: [${replaced.sort().join(" ")}]`,
        ]),
  ];
}
