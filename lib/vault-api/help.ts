import type { Answer } from "@/lib/engine/answer";
import type { RequestScope } from "@/lib/engine/scope";
import { VAULT_VERSION } from "@/lib/vault-api/bare-routes";
import { JSON_TYPE } from "@/lib/vault-api/envelope";
import { openApiDocument } from "@/lib/vault-api/openapi";
import { route, type AnyRoute } from "@/lib/vault-api/route";
import type { RouteMatch } from "@/lib/vault-api/route-table";
import { routeTable } from "@/lib/vault-api/routes";

/** Stands for the mount itself, whose help names its paths. */
export const MOUNT_ITSELF: RouteMatch = {
  route: route({ path: "", fields: {}, help: "" }),
  names: {},
};

/**
 * What a path is for and which fields it takes, in words and as OpenAPI.
 *
 * @see https://developer.hashicorp.com/vault/docs/commands/path-help
 */
export function helpAnswer(scope: RequestScope, match: RouteMatch): Answer {
  const { mount } = scope;
  const isMount = match === MOUNT_ITSELF;
  const routes = isMount ? (routeTable(mount.class, mount.type)?.routes ?? []) : [match.route];
  const text = JSON.stringify({
    help: isMount ? mountHelp(mount.type, routes) : pathHelp(scope, match),
    see_also: null,
    openapi: openApiDocument(
      VAULT_VERSION,
      routes.map((one) => ({ mountPath: mount.fullPath, route: one })),
    ),
  });
  return { raw: { contentType: JSON_TYPE, text: `${text}\n` } };
}

function pathHelp(scope: RequestScope, { route: { path, fields, help } }: RouteMatch): string {
  const names = Object.entries(fields)
    .map(([name, { kind }]) => `    ${name} (${kind})\n`)
    .sort();
  return [
    `Request:        ${scope.path.slice(scope.mount.fullPath.length)}\n`,
    `Matching Route: ${path}\n\n`,
    `${help}\n`,
    ...(names.length === 0 ? [] : ["\n## PARAMETERS\n\n", ...names]),
  ].join("");
}

function mountHelp(type: string, routes: readonly AnyRoute[]): string {
  const paths = routes.map(({ path, help }) => `    ${path}\n        ${help}\n`).sort();
  return [
    `## DESCRIPTION\n\nA mount of type ${type}.\n\n## PATHS\n\n`,
    "Ask for help with any of these paths to see its fields. What a token may do there is for its policies to say.\n\n",
    ...paths,
  ].join("");
}
