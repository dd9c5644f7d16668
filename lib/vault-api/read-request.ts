import { randomUUID } from "node:crypto";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import { parseDuration } from "@/lib/engine/duration";
import type { Operation } from "@/lib/engine/policy/operation";
import { JSON_LIMITS } from "@/lib/engine/json-text";
import type { ApiRequest, ApiResponse, Inside } from "@/lib/vault-api/exchange";
import { judgeBody, LOGIN_JSON_LIMITS, parseBody } from "@/lib/vault-api/json-body";
import {
  isLoginPath,
  parseListFlag,
  parseQuery,
  parseTarget,
  type Query,
} from "@/lib/vault-api/request-path";

/** An HTTP request whose form is sound; what it asks for is not decided yet. */
export type ReadRequest = {
  id: string;
  method: string;
  operation: Operation;
  /** Canonical, without `/v1/`; that of a list ends in `/`. */
  path: string;
  uriPath: string;
  uriQuery: readonly (readonly [string, string])[];
  /** Query of a read, body of a write; null: none. */
  data: Readonly<Record<string, unknown>> | null;
  /** Empty: none. */
  clientToken: string;
  /** Of the token that acts where no token is sent: a console session knows no more of it. */
  tokenHmac: string | null;
  /** True for a request of this process itself. */
  isInside: boolean;
  clientAddress: string;
  clientPort: number;
  wrapTtlSeconds: number;
  policyOverride: boolean;
  headers: Readonly<Record<string, string>>;
};

const METHODS: Readonly<Record<string, Operation>> = {
  GET: "read",
  LIST: "list",
  POST: "update",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
  HEAD: "read",
  OPTIONS: "read",
};

/**
 * Reads a request as far as no token, mount or policy is needed for it.
 *
 * @throws EngineError what is wrong with its form; nothing of it is logged.
 */
export function readRequest(
  request: ApiRequest,
  clientAddress: string,
  inside?: Inside,
): ReadRequest | ApiResponse {
  const { headers, method } = request;
  const target = parseTarget(method, request.target);
  if ("status" in target) return target;
  const limits = isLoginPath(target.path) ? LOGIN_JSON_LIMITS : JSON_LIMITS;
  const writes = WRITES.has(method);
  const contentType = headers["content-type"];
  const body = writes ? parseBody(request.body, contentType, limits) : null;
  if (!writes) judgeBody(request.body, limits);
  const query = parseQuery(target.query);
  const operation = operationOf(method, query);
  if (operation === "patch") checkPatchType(contentType ?? "");
  checkNamespace(headers["x-vault-namespace"] ?? "");
  const mark = request.target.indexOf("?");
  const path = operation === "list" && !target.path.endsWith("/") ? `${target.path}/` : target.path;
  return {
    id: inside?.requestId ?? randomUUID(),
    method,
    operation,
    path,
    uriPath: mark < 0 ? request.target : request.target.slice(0, mark),
    uriQuery: target.query === "" ? [] : [...new URLSearchParams(target.query)],
    data: writes ? body : emptyAsNull(query.values),
    clientToken: clientTokenOf(headers),
    tokenHmac: inside?.tokenHmac ?? null,
    isInside: inside !== undefined,
    clientAddress,
    clientPort: request.peer.port,
    wrapTtlSeconds: wrapTtlOf(headers["x-vault-wrap-ttl"]),
    policyOverride: headers["x-vault-policy-override"] === "true",
    headers,
  };
}

const WRITES: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

function emptyAsNull(values: Query["values"]): Query["values"] | null {
  return Object.keys(values).length === 0 ? null : values;
}

/** There are no namespaces but the root. */
function checkNamespace(namespace: string): void {
  if (!["", "root", "/", "root/"].includes(namespace)) {
    throw new EngineError("not_found", "namespace not found");
  }
}

function operationOf(method: string, query: Query): Operation {
  if (method === "GET") {
    if (query.help) return "help";
    const list = parseListFlag(query.list);
    if (list === null) throw invalidRequest("");
    if (list) return "list";
  }
  const operation = METHODS[method];
  if (operation === undefined) throw new EngineError("unsupported_operation", "");
  return operation;
}

/** @see https://www.rfc-editor.org/rfc/rfc7396 */
function checkPatchType(contentType: string): void {
  if (contentType === "") throw invalidRequest("mime: no media type");
  const type = contentType.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/merge-patch+json") {
    throw new EngineError(
      "unsupported_media_type",
      `PATCH requires Content-Type of application/merge-patch+json, provided ${type ?? ""}`,
    );
  }
}

/** `X-Vault-Token`, else a bearer token; the word `Bearer` is case-sensitive. */
function clientTokenOf(headers: Readonly<Record<string, string>>): string {
  const token = headers["x-vault-token"];
  if (token !== undefined && token !== "") return token;
  const authorization = headers["authorization"] ?? "";
  return authorization.startsWith("Bearer ") ? authorization.slice("Bearer ".length).trim() : "";
}

function wrapTtlOf(header: string | undefined): number {
  if (header === undefined || header === "") return 0;
  let seconds: number;
  try {
    seconds = parseDuration(header);
  } catch (error) {
    throw badWrapTtl(error instanceof Error ? error.message : "");
  }
  if (seconds < 0) throw badWrapTtl("requested wrap ttl cannot be negative");
  return Math.floor(seconds);
}

function badWrapTtl(reason: string): EngineError {
  return invalidRequest(`error parsing X-Vault-Wrap-TTL header: ${reason}`);
}
