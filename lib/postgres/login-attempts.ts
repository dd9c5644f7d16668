import type pg from "pg";
import type {
  Attempt,
  AttemptFilter,
  AttemptReads,
  RoleLogins,
  StoredAttempt,
} from "@/lib/engine/attempt/attempt";
import type { PageAsk } from "@/lib/engine/page";
import { boundedRead } from "@/lib/postgres/bounded-read";
import { named } from "@/lib/postgres/named-parameters";
import { containing, instantOf, microsOf } from "@/lib/postgres/search-text";

/** The oldest go when there are more. */
const ROWS_MAX = 200_000;

const COLUMNS = `
  id, at, last_at as "lastAt", repeats, mount_id as "mountId", mount_path as "mountPath", role, passed, step,
  cause, account, principal, access_key_id as "accessKeyId", client_address as "clientAddress", error, facts,
  ${microsOf("at")} as key`;

const PAGE = named(
  `select ${COLUMNS} from login_attempt
   where (:mounts::uuid[] is null or mount_id = any(:mounts))
     and (:passed::bool is null or passed = :passed)
     and (:role::text is null or role = :role)
     and (:step::text is null or (step = :step and not passed))
     and (:cause::text is null or cause = :cause)
     and (:account::text is null or account = :account)
     and (:text::text is null or principal ilike :text or client_address like :text
       or access_key_id ilike :text or id::text like :text)
     and (:from::timestamptz is null or at >= :from)
     and (:to::timestamptz is null or at < :to)
     and (:after_key::bigint is null
       or (at <= ${instantOf(":after_key")} and (at, id) < (${instantOf(":after_key")}, :after_id::uuid)))
   order by at desc, id desc limit :limit`,
  [
    ...["mounts", "passed", "role", "step", "cause", "account", "text", "from", "to"],
    ...["after_key", "after_id", "limit"],
  ] as const,
);

/** Each figure by the index of mount and role, so that a role with many logins costs no more. */
const BY_ROLE = named(
  `select r.role, l.last_at as "lastPassedAt", f.refused, f.recreated_at as "recreatedAt",
     f.recreated_id as "recreatedId"
   from unnest(:roles::text[]) as r (role)
   left join lateral (
     select last_at from login_attempt where mount_id = :mount and role = r.role and passed
     order by at desc limit 1) as l on true
   cross join lateral (
     select coalesce(sum(1 + repeats), 0)::int as refused,
       max(last_at) filter (where cause = 'recreated') as recreated_at,
       (array_agg(facts->>'uniqueId' order by at desc) filter (where cause = 'recreated'))[1] as recreated_id
     from login_attempt where mount_id = :mount and role = r.role and not passed and at >= :since) as f
   where l.last_at is not null or f.refused > 0`,
  ["roles", "mount", "since"],
);

type Row = Omit<StoredAttempt, "position"> & { key: string };

/** Logins that were recorded. */
export function attemptReads(pool: pg.Pool): AttemptReads {
  return {
    page: async (filter: AttemptFilter, { limit, after }: PageAsk) => {
      const statement = PAGE.with({
        mounts: filter.mountIds,
        passed: filter.passed,
        role: filter.role,
        step: filter.step,
        cause: filter.cause,
        account: filter.account,
        text: filter.text === null ? null : containing(filter.text),
        from: filter.from,
        to: filter.to,
        after_key: after?.key ?? null,
        after_id: after?.id ?? null,
        limit: limit + 1,
      });
      return (await boundedRead<Row>(pool, statement)).map(storedAttempt);
    },
    byRole: (mountId, roles, since) =>
      boundedRead<RoleLogins>(pool, BY_ROLE.with({ roles, mount: mountId, since })),
    find: async (id) => {
      const text = `select ${COLUMNS} from login_attempt where id = $1`;
      const [row] = await boundedRead<Row>(pool, { text, values: [id] });
      return row === undefined ? null : storedAttempt(row);
    },
  };
}

function storedAttempt({ key, ...row }: Row): StoredAttempt {
  return { ...row, position: { key, id: row.id } };
}

/** More of the same as a row that is stored already, or is stored with it. */
export type Repeats = { id: string; count: number; lastAt: Date };

/** Adds attempts, and counts others onto theirs, in one statement each. */
export async function storeAttempts(
  pool: pg.Pool,
  attempts: readonly Attempt[],
  repeats: readonly Repeats[],
): Promise<void> {
  if (attempts.length > 0) {
    await pool.query({
      name: "store_attempts",
      text: `
        insert into login_attempt (id, at, last_at, mount_id, mount_path, role, passed, step, cause, account,
          principal, access_key_id, client_address, error, facts)
        select "id", "at", "at", "mountId", "mountPath", "role", "passed", "step", "cause", "account",
          "principal", "accessKeyId", "clientAddress", "error", "facts"
        from jsonb_to_recordset($1::jsonb) as a ("id" uuid, "at" timestamptz, "mountId" uuid, "mountPath" text,
          "role" text, "passed" bool, "step" text, "cause" text, "account" text, "principal" text,
          "accessKeyId" text, "clientAddress" text, "error" text, "facts" jsonb)
        on conflict do nothing`,
      values: [JSON.stringify(attempts)],
    });
  }
  if (repeats.length > 0) {
    await pool.query({
      name: "count_attempts",
      text: `
        update login_attempt as a set repeats = a.repeats + r.count, last_at = greatest(a.last_at, r.last_at)
        from unnest($1::uuid[], $2::int[], $3::timestamptz[]) as r (id, count, last_at) where a.id = r.id`,
      values: [
        repeats.map(({ id }) => id),
        repeats.map(({ count }) => count),
        repeats.map(({ lastAt }) => lastAt),
      ],
    });
  }
}

/** Forgets attempts older than `days`, and the oldest of too many. */
export async function sweepAttempts(pool: pg.Pool, days: number): Promise<void> {
  await pool.query(
    `delete from login_attempt where at < now() - make_interval(days => $1)
       or at < (select at from login_attempt order by at desc offset $2 limit 1)`,
    [days, ROWS_MAX],
  );
}
