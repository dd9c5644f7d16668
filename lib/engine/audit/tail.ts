import type { Decision } from "@/lib/engine/answer";
import {
  auditFilter,
  isUuid,
  type AuditFilter,
  type AuditFilterInput,
  type FoundEntry,
} from "@/lib/engine/audit/search";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import type { Position } from "@/lib/engine/page";
import { aclOf } from "@/lib/engine/policy/acl-of";
import { decide } from "@/lib/engine/policy/decide";
import { isRootProtected } from "@/lib/engine/policy/root-protected";
import type { Ports } from "@/lib/engine/ports";
import { callerOf, type RequestScope } from "@/lib/engine/scope";
import { resolveToken, resolveTokenHmac } from "@/lib/engine/token/resolve";

/** Tails that one process keeps open, and that one token does. */
const TAILS_MAX = 100;
const TAILS_OF_OWNER_MAX = 8;
/** Entries that a tail may begin with. */
const RECENT_MAX = 200;
const POSITION = /^(\d{1,18})\.([0-9a-f-]{36})\.(\d{1,18})$/;

/** Entries that a tail does not show. */
export type TailGap = {
  count: number;
  /** There are more than were counted. */
  isMore: boolean;
  from: Date;
  to: Date;
  /**
   * `slow`: its reader does not keep up; `away`: it was away for too long; `missing`: the chain of
   * batches has them and the log has not.
   */
  reason: "slow" | "away" | "missing";
  /** Of the last one, where it is known. */
  last: Position | null;
};

/** What is told of the log while it is followed. */
export type TailListener = {
  /** From here on nothing is left out that is not told as a gap. */
  opened(at: Date): void;
  entries(found: readonly FoundEntry[]): void;
  gap(gap: TailGap): void;
  /** The log was looked at; `behindMs`: how long ago what was not read yet was written. */
  looked(behindMs: number): void;
  /** Nothing more will come: the process stops. */
  ended(): void;
};

/** Where a tail begins: behind an entry that was seen, or with so many of the newest. */
export type TailStart = {
  /** Who opens it: the accessor of the token, or the name of one that has none. */
  owner: string;
  after: Position | null;
  recent: number;
};

/** The built-in log as it is written, by whichever instance. */
export type AuditTail = {
  /** Of the tails that are open in this process. */
  owners(): readonly string[];
  follow(filter: AuditFilter, start: TailStart, listener: TailListener): { stop(): void };
};

/** A tail that was allowed, to be opened once that is in the log. */
export type Tail = {
  follow(listener: TailListener): { stop(): void };
  /** False: the token is gone, its policies do not allow it any more, or it would see other entries. */
  mayGoOn(): Promise<boolean>;
};

export type AuditTailInput = AuditFilterInput & {
  lastEventId: string | undefined;
  recent: number | undefined;
};

/**
 * Entries of the built-in log as they are written. One entry of the log tells of the whole tail.
 *
 * @throws EngineError `invalid_request`; `rate_limited` where too many are open.
 */
// eslint-disable-next-line @typescript-eslint/require-await -- what it throws is its outcome too
export async function tailAudit(
  ports: Ports,
  scope: RequestScope,
  input: AuditTailInput,
): Promise<Decision> {
  const filter = auditFilter(scope, input);
  const { accessor, displayName } = callerOf(scope).token;
  const owner = accessor === "" ? displayName : accessor;
  const after = positionOf(scope.lastEventId ?? input.lastEventId);
  const start = { owner, after, recent: recentOf(input.recent) };
  checkTails(ports.auditTail.owners(), owner);
  const tail: Tail = {
    follow: (listener) => ports.auditTail.follow(filter, start, listener),
    mayGoOn: () => mayGoOn(ports, scope, { input, filter }),
  };
  return { answer: { tail, audited: { tail: "opened" } }, effects: [] };
}

/**
 * Whether one more tail may be opened beside those of `owners`.
 *
 * @throws EngineError `rate_limited`.
 */
function checkTails(owners: readonly string[], owner: string): void {
  const own = owners.filter((one) => one === owner).length;
  if (own >= TAILS_OF_OWNER_MAX) {
    throw new EngineError("rate_limited", `${own} tails of this token are open already`);
  }
  if (owners.length >= TAILS_MAX) {
    throw new EngineError("rate_limited", `${owners.length} tails are open on this server already`);
  }
}

function recentOf(recent = 0): number {
  if (recent < 0 || recent > RECENT_MAX) {
    throw invalidRequest(`recent must be from 0 to ${RECENT_MAX}`);
  }
  return recent;
}

/** What a reader of events remembers of the last one. */
export function positionText({ key, id }: Position): string {
  return `${key}.${id.replace(" ", ".")}`;
}

function positionOf(text = ""): Position | null {
  if (text === "") return null;
  const [, key = "", writer = "", seq = ""] = POSITION.exec(text) ?? [];
  if (!isUuid(writer)) throw invalidRequest("last_event_id is none of a tail");
  return { key, id: `${writer} ${seq}` };
}

/** Judged as the request was, by the token and the policies of this moment. */
async function mayGoOn(
  ports: Ports,
  scope: RequestScope,
  { input, filter }: { input: AuditFilterInput; filter: AuditFilter },
): Promise<boolean> {
  const { token: before, clientToken } = callerOf(scope);
  const { token, config } =
    clientToken === null
      ? await resolveTokenHmac(ports, before.hmac)
      : await resolveToken(ports, clientToken.reveal());
  if (token === null || token.entityMissing || config.sealed) return false;
  const acl = await aclOf(token, config);
  const verdict = decide(acl, {
    operation: scope.operation,
    path: scope.path,
    rootProtected: isRootProtected(scope.path),
    data: {},
    wrapTtlSeconds: 0,
  });
  if (!verdict.allowed) return false;
  const now = auditFilter({ ...scope, config, caller: { token, clientToken, acl } }, input);
  return JSON.stringify(now) === JSON.stringify(filter);
}
