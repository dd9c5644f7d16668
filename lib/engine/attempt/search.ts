import { answered, told, type Decision } from "@/lib/engine/answer";
import { adviceFor } from "@/lib/engine/attempt/advice";
import type { Attempt, AttemptFilter, StoredAttempt } from "@/lib/engine/attempt/attempt";
import { ladderOf } from "@/lib/engine/attempt/ladder";
import { isUuid } from "@/lib/engine/audit/search";
import { LOGIN_STEPS, type LoginStep } from "@/lib/engine/aws-auth/login-trace";
import { isVisible, mountIdsOf } from "@/lib/engine/mount/visible";
import { cutPage, pageAsk } from "@/lib/engine/page";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import { choice, value, values } from "@/lib/engine/search-input";

const PAGE = { default: 50, max: 500 };

export type AttemptInput = {
  mount: readonly string[] | undefined;
  result: string | undefined;
  role: string | undefined;
  step: string | undefined;
  cause: string | undefined;
  account: string | undefined;
  q: string | undefined;
  from: Date | undefined;
  to: Date | undefined;
  limit: number | undefined;
  cursor: string | undefined;
};

const RESULTS = { any: null, passed: true, refused: false } as const;

/**
 * Logins through AWS auth mounts, newest first, a page at a time, as far as the caller's policies reach
 * their mounts.
 *
 * @throws EngineError `invalid_request`, `not_found` for a mount that is not there.
 */
export async function searchAttempts(
  ports: Ports,
  scope: RequestScope,
  input: AttemptInput,
): Promise<Decision> {
  const step = choice("step", input.step, ["any", ...LOGIN_STEPS]);
  const filter: AttemptFilter = {
    mountIds: mountIdsOf(scope, input.mount),
    passed: RESULTS[choice("result", input.result, ["any", "passed", "refused"])],
    role: value("role", input.role),
    step: step === "any" ? null : step,
    cause: value("cause", input.cause),
    account: value("account", input.account),
    text: value("q", input.q),
    from: input.from ?? null,
    to: input.to ?? null,
  };
  const list = ["attempts", filter];
  const ask = pageAsk(input, list, PAGE);
  const rows = await ports.operator.attempts.page(filter, ask);
  const { shown, next } = cutPage(rows, ask.limit, list);
  return {
    answer: {
      data: { attempts: shown.map((attempt) => rowData(attempt)), next_cursor: next },
      audited: { attempts: shown.length, more: next !== null },
    },
    effects: [],
  };
}

const DAY_MS = 86_400_000;

/**
 * How logins with these roles of a mount went: the last that passed, how many were refused in 24 hours.
 *
 * @throws EngineError `invalid_request`, `not_found` for a mount that is not there.
 */
export async function loginsByRole(
  ports: Ports,
  scope: RequestScope,
  input: { mount: string | undefined; role: readonly string[] | undefined },
): Promise<Decision> {
  const roles = values("role", input.role) ?? [];
  const since = new Date(ports.clock.now().getTime() - DAY_MS);
  const [mountId] = mountIdsOf(scope, [value("mount", input.mount) ?? ""]) ?? [];
  const found =
    mountId === undefined ? [] : await ports.operator.attempts.byRole(mountId, roles, since);
  return told({
    since: since.toISOString(),
    roles: found.map(({ role, lastPassedAt, refused, recreatedAt, recreatedId }) => ({
      role,
      last_passed_at: lastPassedAt?.toISOString() ?? null,
      refused,
      recreated_at: recreatedAt?.toISOString() ?? null,
      recreated_id: recreatedId,
    })),
  });
}

/** One attempt with all its checks. */
export async function readAttempt(
  ports: Ports,
  scope: RequestScope,
  id: string,
): Promise<Decision> {
  const attempt = isUuid(id) ? await ports.operator.attempts.find(id) : null;
  if (attempt === null || !isVisible(scope, attempt.mountId)) return answered(null);
  return told({ ...rowData(attempt), ...explained(attempt), facts: attempt.facts });
}

function rowData(attempt: StoredAttempt): Record<string, unknown> {
  return {
    id: attempt.id,
    at: attempt.at.toISOString(),
    result: attempt.passed ? "passed" : "refused",
    ...failedAt(attempt),
    mount_path: attempt.mountPath,
    role: attempt.role,
    account: attempt.account,
    principal: attempt.principal,
    access_key_id: attempt.accessKeyId,
    client_address: attempt.clientAddress,
    repeats: attempt.repeats,
    last_at: attempt.lastAt.toISOString(),
  };
}

function failedAt(attempt: Attempt): Record<string, unknown> {
  if (attempt.passed) return { failed_step: null, cause: null, error: null, sentence: "" };
  const { step, cause, error, facts } = attempt;
  return { failed_step: step, cause, error, sentence: adviceFor(attempt, facts).sentence };
}

/** The ladder of checks, those left out marked as such, and who can mend it how. */
export function explained(
  attempt: Pick<Attempt, "passed" | "step" | "cause" | "error" | "facts">,
  unasked: readonly LoginStep[] = [],
): Record<string, unknown> {
  const advice = attempt.passed ? null : adviceFor(attempt, attempt.facts);
  return {
    checks: ladderOf(attempt, unasked),
    sentence: advice?.sentence ?? "",
    fix_client: advice?.client ?? "",
    fix_admin: advice?.admin ?? "",
  };
}
