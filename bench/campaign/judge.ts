import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";
import { z } from "zod";
import { ask } from "@/bench/rig/api";
import { HttpConnection } from "@/bench/rig/http-connection";
import { ACCOUNT, OWN_USERS, ROOT_TOKEN } from "@/bench/campaign/installation";
import { type HeldLease, isLeaseGood, isTokenGood, type Journal } from "@/bench/campaign/journal";
import { verifyChain } from "@/lib/postgres/verify-chain";

/** A credential may outlive its lease by the time that its revocation takes. */
const KEY_OFF_LAG_SECONDS = 60;
/** What may have ended between two looks is looked at again after it. */
const SECOND_LOOK_MS = 3_000;
const QUESTIONS_AT_ONCE = 8;

const Ledger = z.object({
  accounts: z.record(
    z.string(),
    z.object({
      users: z.array(
        z.object({ name: z.string(), accessKeys: z.array(z.object({ works: z.boolean() })) }),
      ),
    }),
  ),
  calls: z.record(
    z.string(),
    z.object({ total: z.number(), errors: z.record(z.string(), z.number()) }),
  ),
});

export type Evidence = {
  journal: Journal;
  pool: pg.Pool;
  simulatorUrl: string;
  /** The instances that answer now. */
  urls: readonly string[];
};

/** What was counted, and every promise that was found broken. */
export type Verdict = { counts: Record<string, number>; violations: string[] };

/**
 * Compares what was acknowledged, what Postgres holds and what exists at AWS. Nobody may log in or
 * draw meanwhile.
 */
export async function judge(evidence: Evidence): Promise<Verdict> {
  const { journal, pool } = evidence;
  const violations = [...journal.broken];
  const users = await judgeUsers(evidence, violations);
  await judgeTokens(evidence, violations);
  await judgeLeases(evidence, violations);
  const rows = await judgeRows(pool, violations);
  return {
    counts: {
      "tokens acknowledged": journal.tokens.length,
      "leases acknowledged": journal.leases.length,
      ...rows,
      ...users,
    },
    violations,
  };
}

/** Users of IAM that a lease does not account for. */
async function judgeUsers(evidence: Evidence, violations: string[]) {
  const first = await unaccounted(evidence);
  await pause(first.working.length + first.keyless.length > 0 ? SECOND_LOOK_MS : 0);
  const { working, keyless, ledger } = await unaccounted(evidence);
  for (const name of working) violations.push(`user ${name} works at AWS without a live lease`);
  for (const name of keyless) violations.push(`user ${name} was left at AWS without keys`);
  const created = succeeded(ledger, "iam:CreateUser");
  const deletions = ledger.calls["iam:DeleteUser"];
  return {
    "users created at AWS": created,
    "users deleted": succeeded(ledger, "iam:DeleteUser"),
    "users there now": leaseholdUsers(ledger).length,
    "deletions repeated": deletions?.errors["NoSuchEntity"] ?? 0,
  };
}

type LedgerAnswer = z.infer<typeof Ledger>;

async function unaccounted(evidence: Evidence) {
  // The ledger first: what gets its lease meanwhile is accounted for.
  const ledger = await readLedger(evidence.simulatorUrl);
  const { rows } = await evidence.pool.query<{ name: string }>(
    `select handle->>'userName' as name from lease
     where kind = 'iam_user' and expires_at > now() - make_interval(secs => $1)`,
    [KEY_OFF_LAG_SECONDS],
  );
  const leased = new Set(rows.map((row) => row.name));
  const others = leaseholdUsers(ledger).filter((user) => !leased.has(user.name));
  const works = (user: (typeof others)[number]) => user.accessKeys.some((key) => key.works);
  return {
    ledger,
    working: others.filter(works).map((user) => user.name),
    keyless: others.filter((user) => !works(user)).map((user) => user.name),
  };
}

/** What exists at the simulated AWS, and what was asked of it. */
export async function readLedger(simulatorUrl: string): Promise<LedgerAnswer> {
  const response = await fetch(`${simulatorUrl}/_simulator/ledger`);
  return Ledger.parse(await response.json());
}

/** Calls of an action that were not refused. */
function succeeded({ calls }: LedgerAnswer, action: string): number {
  const { total = 0, errors = {} } = calls[action] ?? {};
  return total - Object.values(errors).reduce((sum, times) => sum + times, 0);
}

/** The users that Leasehold made. */
export function leaseholdUsers(ledger: LedgerAnswer) {
  return (ledger.accounts[ACCOUNT]?.users ?? []).filter(({ name }) => !OWN_USERS.test(name));
}

async function judgeTokens({ journal, urls }: Evidence, violations: string[]): Promise<void> {
  await askEach(urls, journal.tokens, async (connection, token) => {
    const { status } = await ask(connection, "GET auth/token/lookup-self", { token: token.token });
    if (isTokenGood(token) && status !== 200) {
      violations.push(`acknowledged token ${token.accessor} is lost: ${status}`);
    }
    if (token.standing === "ended" && status !== 403) {
      violations.push(`revoked token ${token.accessor} still works: ${status}`);
    }
  });
}

async function judgeLeases({ journal, urls }: Evidence, violations: string[]): Promise<void> {
  await askEach(urls, journal.leases, async (connection, lease: HeldLease) => {
    const sent = { token: ROOT_TOKEN, body: { lease_id: lease.id } };
    const { status } = await ask(connection, "PUT sys/leases/lookup", sent);
    if (isLeaseGood(lease) && status !== 200) {
      violations.push(`acknowledged lease ${lease.id} is lost: ${status}`);
    }
    if (lease.endedInFull && status === 200) {
      violations.push(`lease ${lease.id} is there after its revocation was waited for`);
    }
  });
}

async function askEach<T>(
  urls: readonly string[],
  items: readonly T[],
  question: (connection: HttpConnection, item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const asker = async (number: number): Promise<void> => {
    const connection = new HttpConnection(urls[number % urls.length] ?? "");
    for (let at = next++; at < items.length; at = next++) {
      const item = items[at];
      if (item !== undefined) await question(connection, item);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: QUESTIONS_AT_ONCE }, (_, number) => asker(number)));
}

/** Each query counts rows that must not be there. */
const BROKEN_ROWS = {
  "leases without an audit entry": `
    select count(*)::int as count from (select id from lease union all select id from lease_ended) as l
    where not exists (select 1 from audit_entry a
      where a.lease_id = l.id and a.kind in ('response', 'both') and a.status = 200)`,
  "tokens without an audit entry": `
    select count(*)::int as count from (
      select accessor from token where policies <> array['root']
      union select accessor from token_ended
      except select entry->'response'->'auth'->>'accessor' from audit_entry) as t`,
  "leases that ended twice": `
    select count(*)::int as count from (
      select id from lease_ended group by id having count(*) > 1
      union all select id from lease_ended where id in (select id from lease)) as l`,
  "leases whose end was told twice": `
    select count(*)::int as count from (
      select lease_id from audit_entry where operation in ('lease.expired', 'lease.revoked')
      group by lease_id having count(*) > 1) as l`,
  "leases overdue": `
    select count(*)::int as count from lease l
    where l.next_attempt_at < now() - interval '60 seconds'`,
} as const;

const COUNTED_ROWS = {
  "leases now": `select count(*)::int as count from lease`,
  "leases ended": `select count(*)::int as count from lease_ended`,
  "intents open": `select count(*)::int as count from intent`,
  "audit entries": `select count(*)::int as count from audit_entry`,
} as const;

async function judgeRows(pool: pg.Pool, violations: string[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [what, query] of Object.entries({ ...COUNTED_ROWS, ...BROKEN_ROWS })) {
    const { rows } = await pool.query<{ count: number }>(query);
    const count = rows[0]?.count ?? 0;
    counts[what] = count;
    if (what in BROKEN_ROWS && count > 0) violations.push(`${count} ${what}`);
  }
  const { defects } = await verifyChain(pool);
  for (const { writer, what } of defects) violations.push(`audit log of writer ${writer}: ${what}`);
  return counts;
}
