import type { Answer, Decision } from "@/lib/engine/answer";
import type { Tail } from "@/lib/engine/audit/tail";
import type { ResponseFacts } from "@/lib/engine/audit/entry";
import type { Effect } from "@/lib/engine/effects";
import { EngineError } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import { wrapAnswer, type WrapInfo } from "@/lib/engine/wrapping/wrap";
import {
  envelopeText,
  JSON_TYPE,
  jsonResponse,
  NO_CONTENT,
  wrapEnvelopeText,
} from "@/lib/vault-api/envelope";
import { errorResponse } from "@/lib/vault-api/error-envelope";
import type { ApiResponse } from "@/lib/vault-api/exchange";
import type { ReadRequest } from "@/lib/vault-api/read-request";
import type { RouteMatch } from "@/lib/vault-api/route-table";
import { toldNothing, type Told } from "@/lib/vault-api/trail";

/** An answer ready to be sent, what the log tells of it, and what it needs committed (a wrapping). */
type Rendered = { response: ApiResponse; told: Told; effects: readonly Effect[] };

type Rendering = {
  request: ReadRequest;
  scope: RequestScope;
  match: RouteMatch;
  warnings: readonly string[];
  decision: Decision;
};

/** Turns a decision into the HTTP answer, wrapped where that was asked for. */
export function render(ports: Ports, rendering: Rendering): Rendered {
  const { answer } = rendering.decision;
  if (answer === null) return renderNothing(rendering);
  if (answer.tail !== undefined) return renderTail(answer, answer.tail);
  if (answer.raw !== undefined) return renderRaw(answer, answer.raw);
  if (answer.wrapInfo !== undefined) return wrapped(answer.wrapInfo, []);
  const warnings = [...(answer.warnings ?? []), ...rendering.warnings];
  const isEmpty =
    answer.data === undefined && answer.auth === undefined && answer.lease === undefined;
  if (isEmpty && answer.warnings?.length === 0) return renderNothing(rendering);
  if (isEmpty && answer.accepted === true && answer.warnings === undefined) {
    return {
      response: { status: 202, headers: NO_CONTENT.headers, body: null },
      told: toldNothing(202),
      effects: [],
    };
  }
  const { request, scope, match } = rendering;
  const facts = { requestId: request.id, warnings, mountType: mountTypeOf(rendering, answer) };
  const text = envelopeText(answer, facts, match.route.duplicated === true);
  if (request.wrapTtlSeconds > 0 && !isEmpty) return renderWrapped(ports, rendering, text);
  const status = statusOf(answer);
  return {
    response: jsonResponse(status, text),
    told: { status, response: toldAnswer(answer, warnings, scope) },
    effects: [],
  };
}

function statusOf(answer: Answer): number {
  if (answer.gone === true) return 404;
  return answer.accepted === true ? 202 : 200;
}

/** 204 for what was done, 404 for what was asked and is not there. */
function renderNothing({ request, scope }: Rendering): Rendered {
  const asks = scope.operation === "read" || scope.operation === "list";
  if (!asks) return { response: NO_CONTENT, told: toldNothing(204), effects: [] };
  // Vault takes the absent answer of a wrapped request for an absent route.
  const error =
    request.wrapTtlSeconds > 0 && scope.operation === "list"
      ? new EngineError("unsupported_path", "unsupported path")
      : new EngineError("not_found", "");
  return { response: errorResponse(error), told: toldNothing(404), effects: [] };
}

function renderRaw(answer: Answer, raw: NonNullable<Answer["raw"]>): Rendered {
  const status = raw.status ?? 200;
  return {
    response: { status, headers: { "content-type": raw.contentType || JSON_TYPE }, body: raw.text },
    told: {
      status,
      response: {
        data: raw.audited ?? null,
        auth: answer.auth ?? null,
        leaseId: null,
        warnings: [],
        wrap: null,
        present: raw.audited !== undefined,
      },
    },
    effects: [],
  };
}

/** Nothing in between may keep parts of it back, or keep it at all. */
function renderTail(answer: Answer, tail: Tail): Rendered {
  const headers = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store, no-transform",
    "x-accel-buffering": "no",
  };
  const data = answer.audited ?? null;
  const response = { data, auth: null, leaseId: null, warnings: [], wrap: null };
  return {
    response: { status: 200, headers, body: null, tail },
    told: { status: 200, response: { ...response, present: true } },
    effects: [],
  };
}

function renderWrapped(ports: Ports, rendering: Rendering, text: string): Rendered {
  const { request, scope, decision } = rendering;
  const { wrapInfo, effects } = wrapAnswer(ports, scope, text, request.wrapTtlSeconds);
  const wrappedAccessor = decision.answer?.wrappedAccessor ?? decision.answer?.auth?.accessor ?? "";
  return wrapped({ ...wrapInfo, ...(wrappedAccessor !== "" && { wrappedAccessor }) }, effects);
}

function wrapped(wrapInfo: WrapInfo, effects: readonly Effect[]): Rendered {
  const { token, wrappedAccessor = "", ...wrap } = wrapInfo;
  return {
    response: jsonResponse(200, wrapEnvelopeText(wrapInfo)),
    told: {
      status: 200,
      response: {
        data: null,
        auth: null,
        leaseId: null,
        warnings: [],
        wrap: { ...wrap, token: token.reveal(), wrappedAccessor },
        present: true,
      },
    },
    effects,
  };
}

/** `mount_type` is empty on public paths, and in answers with a status of their own. */
function mountTypeOf({ scope }: Rendering, answer: Answer): string {
  const ownStatus = answer.accepted === true || answer.gone === true;
  return scope.caller === null || ownStatus ? "" : scope.mount.type;
}

function toldAnswer(
  answer: Answer,
  warnings: readonly string[],
  scope: RequestScope,
): ResponseFacts {
  return {
    data: answer.audited ?? answer.data ?? null,
    auth: answer.auth ?? null,
    leaseId: answer.lease?.id ?? null,
    warnings,
    wrap: null,
    present: scope.operation !== "help",
  };
}
