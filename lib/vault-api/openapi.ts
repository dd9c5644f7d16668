import { isRootProtected } from "@/lib/engine/policy/root-protected";
import type { Field, FieldKind } from "@/lib/vault-api/fields";
import type { AnyRoute } from "@/lib/vault-api/route";

/** A route where it is mounted: `aws/`, `auth/approle/`. */
export type MountedRoute = { mountPath: string; route: AnyRoute };

type Part = Record<string, unknown>;

const TYPES: Readonly<Record<FieldKind, Part>> = {
  text: { type: "string" },
  flag: { type: "boolean" },
  integer: { type: "integer" },
  decimal: { type: "number" },
  duration: { type: "string", format: "duration" },
  time: { type: "string", format: "date-time" },
  list: { type: "array", items: { type: "string" } },
  map: { type: "object", format: "kvpairs" },
  headers: { type: "object" },
  object: { type: "object" },
  any: {},
};

/**
 * The OpenAPI document of these routes; names captured by a path are its parameters, all other fields
 * are those of its body, or of its query where there is none.
 *
 * @see https://spec.openapis.org/oas/v3.0.2
 */
export function openApiDocument(version: string, routes: readonly MountedRoute[]): Part {
  const paths: Record<string, Part> = {};
  for (const mounted of routes) {
    const path = `/${mounted.mountPath}${templateOf(mounted.route.path)}`;
    paths[path] ??= pathItem(mounted);
  }
  return {
    openapi: "3.0.2",
    info: {
      title: "Leasehold",
      description:
        "HTTP API that gives you full access to Leasehold. All API routes are prefixed with `/v1/`.",
      version,
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    paths,
    components: { schemas: {} },
  };
}

/** `role/:role` and `lookup/*prefix` with their names in braces. */
function templateOf(path: string): string {
  return path.replaceAll(/[:*](\w+)/g, "{$1}");
}

function pathItem({ mountPath, route }: MountedRoute): Part {
  const inPath = [...route.path.matchAll(/[:*](\w+)/g)].map(([, name = ""]) => name);
  const ownFields = Object.entries(route.fields).filter(([name]) => !inPath.includes(name));
  const at: Place = { path: `${mountPath}${route.path}`, tag: tagOf(mountPath), route, ownFields };
  return {
    description: route.help,
    ...(inPath.length > 0 && { parameters: inPath.map((name) => parameter(name, "path", route)) }),
    ...(isRootProtected(at.path) && { "x-vault-sudo": true }),
    ...(route.public === true && { "x-vault-unauthenticated": true }),
    ...(route.exists !== undefined && { "x-vault-createSupported": true }),
    ...(route.read && { get: operation(at, "read") }),
    ...(route.list && { get: listOperation(at) }),
    ...(route.update && { post: writing(at, "write") }),
    ...(route.patch && { patch: writing(at, "patch") }),
    ...(route.delete && { delete: operation(at, "delete") }),
  };
}

type Place = {
  path: string;
  tag: string;
  route: AnyRoute;
  ownFields: readonly [string, Field<unknown>][];
};

function tagOf(mountPath: string): string {
  if (mountPath.startsWith("auth/")) return "auth";
  return mountPath === "sys/" ? "system" : "secrets";
}

function parameter(name: string, place: "path" | "query", route: AnyRoute): Part {
  const kind = route.fields[name]?.kind ?? "text";
  return { name, in: place, schema: TYPES[kind], ...(place === "path" && { required: true }) };
}

function operation(at: Place, verb: string): Part {
  // Where a path can be written, its fields are those of the body.
  const asks = verb === "read" && at.route.update === undefined;
  const query = asks ? at.ownFields.map(([name]) => parameter(name, "query", at.route)) : [];
  return {
    operationId: operationId(verb, at.path),
    summary: at.route.help,
    tags: [at.tag],
    ...(query.length > 0 && { parameters: query }),
    responses: verb === "delete" ? { "204": { description: "empty body" } } : OK,
  };
}

const OK = { "200": { description: "OK" } };

function listOperation(at: Place): Part {
  return {
    ...operation(at, "list"),
    parameters: [
      {
        name: "list",
        description: "Must be set to `true`",
        in: "query",
        required: true,
        schema: { type: "string", enum: ["true"] },
      },
    ],
  };
}

function writing(at: Place, verb: string): Part {
  const properties = Object.fromEntries(
    at.ownFields.map(([name, { kind }]) => [name, TYPES[kind]]),
  );
  const type = verb === "patch" ? "application/merge-patch+json" : "application/json";
  return {
    ...operation(at, verb),
    ...(at.ownFields.length > 0 && {
      requestBody: { content: { [type]: { schema: { type: "object", properties } } } },
    }),
  };
}

/** `write-auth-approle-role-role_name`: unique, since paths are. */
function operationId(verb: string, path: string): string {
  return `${verb}-${path.replaceAll(/[^\w]+/g, "-").replaceAll(/^-|-$/g, "")}`;
}
