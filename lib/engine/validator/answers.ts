import { answered, told, type Decision } from "@/lib/engine/answer";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import { cutPage, pageAsk } from "@/lib/engine/page";
import type { Ports } from "@/lib/engine/ports";
import { callerOf, type RequestScope } from "@/lib/engine/scope";
import { checkedMounts, checkNow } from "@/lib/engine/validator/check";
import { evaluate } from "@/lib/engine/validator/evaluate";
import { STATUSES, worst } from "@/lib/engine/validator/finding";
import { type Judged, rolesOf, storedOf, surroundingsOf } from "@/lib/engine/validator/judge";
import type { StoredChange, StoredVerdict, VerdictFilter } from "@/lib/engine/validator/ports";

const PAGE = { default: 100, max: 1_000 };
const HISTORY_MAX = 200;
const TEXT_MAX = 200;
const REASON_MAX = 500;

type Search = {
  mount: readonly string[] | undefined;
  role: string | undefined;
  targetArn: string | undefined;
  status: readonly string[] | undefined;
  code: readonly string[] | undefined;
  q: string | undefined;
  history: boolean | undefined;
  limit: number | undefined;
  cursor: string | undefined;
};

/**
 * Roles and their targets, the worst first, a page at a time; `history` of one row.
 *
 * @throws EngineError `invalid_request`
 */
export async function searchVerdicts(
  ports: Ports,
  scope: RequestScope,
  input: Search,
): Promise<Decision> {
  const filter = filterOf(scope, input);
  const { store } = ports.validator;
  const ask = pageAsk(input, ["validator", filter], PAGE);
  const { shown, next } = cutPage(await store.search(filter, ask), ask.limit, [
    "validator",
    filter,
  ]);
  const [first] = shown;
  const changes =
    input.history === true && first !== undefined
      ? await store.history(first.mountId, first, HISTORY_MAX)
      : null;
  const answer = {
    rows: shown.map((row) => rowData(row, scope.config.mounts.byId(row.mountId)?.fullPath ?? "")),
    counts: await store.counts({ ...filter, statuses: null }),
    next_cursor: next,
    ...(changes !== null && { history: changes.map(changeData) }),
  };
  return { answer: { data: answer, audited: { rows: shown.length } }, effects: [] };
}

function filterOf(scope: RequestScope, input: Search): VerdictFilter {
  const statuses = filled(input.status);
  const odd = statuses?.find((status) => !STATUSES.some((one) => one === status));
  if (odd !== undefined) throw invalidRequest(`status must be of ${STATUSES.join(", ")}`);
  const q = (input.q ?? "").trim();
  if (q.length > TEXT_MAX) throw invalidRequest(`q is longer than ${TEXT_MAX} characters`);
  const paths = filled(input.mount);
  const mountIds = paths?.flatMap((path) => {
    const mount = scope.config.mounts.byFullPath(path.endsWith("/") ? path : `${path}/`);
    return mount === null ? [] : [mount.id];
  });
  if (input.history === true && (input.role ?? "") === "") {
    throw invalidRequest("history needs mount, role and target_arn");
  }
  return {
    mountIds: mountIds ?? null,
    role: input.role === undefined || input.role === "" ? null : input.role,
    targetArn: input.targetArn ?? null,
    statuses: statuses ?? null,
    codes: filled(input.code) ?? null,
    text: q === "" ? null : q,
  };
}

function filled(list: readonly string[] | undefined): readonly string[] | undefined {
  const items = list?.filter((item) => item !== "");
  return items === undefined || items.length === 0 ? undefined : items;
}

/**
 * Has roles checked: one at once, or all within seconds.
 *
 * @throws EngineError `invalid_request`, `not_found`
 */
export async function checkVerdicts(
  ports: Ports,
  scope: RequestScope,
  input: { mount: string | undefined; role: string | undefined; all: boolean | undefined },
): Promise<Decision> {
  const { mount: path = "", role = "" } = input;
  const checked = await checkedMounts(scope.config);
  const wanted = checked.filter(
    ({ fullPath }) => path === "" || fullPath === path || fullPath === `${path}/`,
  );
  if (path !== "" && wanted.length === 0) {
    throw new EngineError("not_found", `no AWS secrets mount that is checked at ${path}`);
  }
  const [mount] = wanted;
  if (role !== "") {
    if (path === "" || mount === undefined) throw invalidRequest("role needs its mount");
    await scope.begin([]);
    return verdictsTold({ ports, config: scope.config, mount }, role);
  }
  if (path === "" && input.all !== true) {
    throw invalidRequest("name a mount and a role, a mount, or all=true");
  }
  for (const { id } of wanted) await ports.validator.store.ask(id, null);
  return { answer: { data: { mounts: wanted.map(({ fullPath }) => fullPath) } }, effects: [] };
}

/**
 * Asks AWS about one role of this mount. A `reason` says why the role is as it is although AWS is known to
 * refuse it, and is kept in the log.
 *
 * @throws EngineError `invalid_request`
 */
export async function checkRole(
  ports: Ports,
  scope: RequestScope,
  { role, reason }: { role: string; reason: string },
): Promise<Decision> {
  if (reason.length > REASON_MAX)
    throw invalidRequest(`reason is longer than ${REASON_MAX} characters`);
  const judged = { ports, config: scope.config, mount: scope.mount };
  if ((await rolesOf(judged, role)).length === 0) return answered(null);
  await scope.begin([]);
  if (reason !== "") {
    await ports.commit([], {
      name: "validator.overridden",
      path: `${scope.mount.fullPath}roles/${role}`,
      accessor: callerOf(scope).token.accessor,
      detail: { reason, by: callerOf(scope).token.displayName },
    });
  }
  return verdictsTold(judged, role);
}

async function verdictsTold(judged: Judged, role: string): Promise<Decision> {
  return told(roleData(judged, await checkNow(judged, role)));
}

/** What is known of one role of this mount now; AWS is not asked. */
export async function readRoleVerdicts(
  ports: Ports,
  scope: RequestScope,
  name: string,
): Promise<Decision> {
  const judged = { ports, config: scope.config, mount: scope.mount };
  const [named] = await rolesOf(judged, name);
  if (named === undefined) return answered(null);
  const { store } = ports.validator;
  const around = await surroundingsOf(judged, await store.facts(scope.mount.id));
  const before = await store.verdicts(scope.mount.id, [name]);
  const now = ports.clock.now();
  const verdicts = evaluate(name, named.role, around).map((verdict) =>
    storedOf(judged, verdict, {
      revision: named.revision,
      before: before.find(({ targetArn }) => targetArn === verdict.targetArn),
      now,
    }),
  );
  return told(roleData(judged, verdicts));
}

function roleData({ mount }: Judged, verdicts: readonly StoredVerdict[]): Record<string, unknown> {
  return {
    status: worst(verdicts.map(({ status }) => status)),
    rows: verdicts.map((verdict) => rowData(verdict, mount.fullPath)),
  };
}

/** A verdict as it is told. */
function rowData(verdict: StoredVerdict, mountPath: string): Record<string, unknown> {
  const { figures, findings, checkedAt } = verdict;
  return {
    mount: mountPath,
    role: verdict.role,
    target_arn: verdict.targetArn,
    status: verdict.status,
    default_ttl: figures.defaultSeconds,
    max_ttl: figures.maxSeconds,
    max_ttl_is_set: figures.isMaxSet,
    aws_limit: figures.limitSeconds,
    is_chained: figures.isChained,
    external_id: figures.externalId,
    principal_arn: figures.principalArn,
    checked_at: checkedAt.toISOString(),
    results: findings.map((finding) => ({
      code: finding.code,
      status: finding.status,
      subject: `${mountPath}roles/${verdict.role}`,
      target_arn: verdict.targetArn,
      text: finding.text,
      fix: finding.fix,
      evidence: {
        value: finding.evidence.value,
        method: finding.evidence.method,
        principal_arn: finding.evidence.principalArn,
        at: finding.evidence.at?.toISOString() ?? null,
      },
      first_seen: finding.firstSeen.toISOString(),
      last_seen: checkedAt.toISOString(),
      muted_until: null,
    })),
  };
}

function changeData(change: StoredChange): Record<string, unknown> {
  return {
    at: change.at.toISOString(),
    from_status: change.fromStatus,
    to_status: change.toStatus,
    appeared: change.appeared,
    cleared: change.cleared,
    limit_before: change.limitBefore,
    limit_after: change.limitAfter,
    text: change.text,
  };
}
