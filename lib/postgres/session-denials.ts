import type pg from "pg";
import type {
  DenialContainer,
  DenialReads,
  SessionDenial,
  StoredDenial,
} from "@/lib/engine/session-denial/denial";
import type { Position } from "@/lib/engine/page";
import { boundedRead } from "@/lib/postgres/bounded-read";
import { oneByOne, type EffectRunners } from "@/lib/postgres/effect-runner";
import { instantOf, microsOf } from "@/lib/postgres/search-text";

/** A claim not finished within this time belongs to whoever takes it next. */
const CLAIM_SECONDS = 120;
/** What others ask within it is written together. */
const GATHER_SECONDS = 1;
/** A denial outlives its session by this much. */
const KEPT = "interval '5 minutes'";

const COLUMNS = `
  lease_id as "leaseId", mount_id as "mountId", container, aws_userid as "awsUserId", is_unique as "isUnique",
  issued_at as "issuedAt", expires_at as "expiresAt", state, is_cut as "isCut", asked_at as "askedAt",
  applied_at as "appliedAt", verified_at as "verifiedAt", error,
  expires_at <= now() - case when state in ('pending', 'failed') then interval '0' else ${KEPT} end as "isOver"`;

/** Sessions that are denied at AWS, and whose turn it is to write that. */
export function denialReads(pool: pg.Pool): DenialReads {
  return { ...containerReads(pool), ...sessionReads(pool) };
}

function containerReads(pool: pg.Pool): Pick<DenialReads, "claim" | "rest" | "due"> {
  return {
    claim: async (container, fence) => {
      const result = await pool.query<Omit<DenialContainer, "fence">>({
        name: "claim_denials",
        text: `
          update denial_container set fence = $2, locked_until = now() + make_interval(secs => $3)
          where container = $1 and (locked_until is null or locked_until < now())
          returning container, mount_id as "mountId", root_version as "rootVersion", policy, attempts,
            extract(epoch from now() - written_at)::float8 as "writtenSecondsAgo"`,
        values: [container, fence, CLAIM_SECONDS],
      });
      const [row] = result.rows;
      return row === undefined ? null : { ...row, fence };
    },
    rest: async (container, fence, nextSeconds) => {
      await pool.query({
        name: "rest_denials",
        text: `
          update denial_container set fence = null, locked_until = null, attempts = 0, last_error = null,
            checked_at = now(), next_attempt_at = now() + make_interval(secs => $3)
          where container = $1 and fence = $2`,
        values: [container, fence, nextSeconds],
      });
      await forgetEmpty(pool, container);
    },
    due: async (limit) => {
      const result = await pool.query<{ container: string }>({
        name: "due_denials",
        text: `
          select container from denial_container
          where next_attempt_at <= now() and (locked_until is null or locked_until < now())
          order by next_attempt_at limit $1`,
        values: [limit],
      });
      return result.rows.map((row) => row.container);
    },
  };
}

function sessionReads(
  pool: pg.Pool,
): Pick<DenialReads, "ofContainer" | "ofLease" | "page" | "liveBefore"> {
  return {
    ofContainer: async (container) => {
      const result = await pool.query<StoredDenial>({
        name: "denials_of_container",
        text: `
          select ${COLUMNS} from session_denial
          where container = $1 and state <> 'moot' and (state in ('pending', 'failed') or expires_at > now() - ${KEPT})
          order by asked_at, lease_id`,
        values: [container],
      });
      return result.rows;
    },
    ofLease: async (leaseId) => {
      const result = await pool.query<StoredDenial>({
        name: "denial_of_lease",
        text: `select ${COLUMNS} from session_denial where lease_id = $1`,
        values: [leaseId],
      });
      return result.rows[0] ?? null;
    },
    page: async ({ mountId }, { limit, after }) => {
      const at = instantOf("$2");
      const rows = await boundedRead<StoredDenial & { key: string }>(pool, {
        text: `
          select ${COLUMNS}, ${microsOf("asked_at")} as key from session_denial
          where mount_id = $1 and ($2::bigint is null
            or (asked_at <= ${at} and (asked_at, lease_id) < (${at}, $3::text collate "C")))
          order by asked_at desc, lease_id desc limit $4`,
        values: [mountId, after?.key ?? null, after?.id ?? null, limit + 1],
      });
      return rows.map(withPosition);
    },
    liveBefore: async (container, before, limit) => {
      const result = await pool.query<{ id: string }>(
        `select id from lease where handle ->> 'roleArn' = $1 and issued_at < $2 and kind = 'assumed_role'
         order by issued_at desc limit $3`,
        [container, before, limit],
      );
      return result.rows.map((row) => row.id);
    },
  };
}

function withPosition<R extends { key: string; leaseId: string }>({
  key,
  ...row
}: R): Omit<R, "key"> & { position: Position } {
  return { ...row, position: { key, id: row.leaseId } };
}

/** A role or user of which no session is denied any longer is not looked at again. */
async function forgetEmpty(client: Pick<pg.ClientBase, "query">, container: string): Promise<void> {
  await client.query({
    name: "forget_denial_container",
    text: `
      delete from denial_container c where container = $1 and policy is null and fence is null
        and not exists (select 1 from session_denial d where d.container = c.container
          and d.state <> 'moot' and d.expires_at > now() - ${KEPT})`,
    values: [container],
  });
}

/** Ids of sessions that are denied by name. */
export async function deniedSessions(pool: pg.Pool): Promise<string[]> {
  const result = await pool.query<{ id: string }>({
    name: "denied_sessions",
    text: `select distinct aws_userid as id from session_denial where is_unique and state <> 'moot' and expires_at > now()`,
    values: [],
  });
  return result.rows.map((row) => row.id);
}

/** Forgets denials whose sessions ended more than `days` ago. */
export async function sweepDenials(pool: pg.Pool, days: number): Promise<void> {
  await pool.query(
    "delete from session_denial where expires_at < now() - make_interval(days => $1)",
    [days],
  );
}

const askDenial = oneByOne<"ask_denial">(async (_context, client, { denial, rootVersion }) => {
  await client.query({
    name: "ask_denial",
    text: `
      insert into session_denial (lease_id, mount_id, container, aws_userid, is_unique, issued_at, expires_at)
      values ($1, $2, $3, $4, $5, $6, $7)
      on conflict (lease_id) do update set state = 'pending', error = null, asked_at = now()
        where session_denial.state in ('pending', 'failed')`,
    values: denialValues(denial),
  });
  await client.query({
    name: "ask_denial_container",
    text: `
      insert into denial_container (container, mount_id, root_version, next_attempt_at)
      values ($1, $2, $3, now() + make_interval(secs => $4))
      on conflict (container) do update set mount_id = excluded.mount_id, root_version = excluded.root_version,
        next_attempt_at = least(denial_container.next_attempt_at, excluded.next_attempt_at)`,
    values: [denial.container, denial.mountId, rootVersion, GATHER_SECONDS],
  });
  return true;
});

function denialValues(denial: SessionDenial): unknown[] {
  const { leaseId, mountId, container, awsUserId, isUnique, issuedAt, expiresAt } = denial;
  return [leaseId, mountId, container, awsUserId, isUnique, issuedAt, expiresAt];
}

const settleDenials = oneByOne<"settle_denials">(async (_context, client, effect) => {
  const held = await client.query({
    name: "settle_denial_container",
    text: `
      update denial_container set fence = null, locked_until = null, policy = $3, checked_at = now(),
        written_at = case when $4::bool then now() else written_at end, last_error = $5,
        attempts = case when $5::text is null then 0 else attempts + 1 end,
        next_attempt_at = now() + make_interval(secs => $6)
      where container = $1 and fence = $2`,
    values: [
      ...[effect.container, effect.fence, effect.policy, effect.isWritten],
      ...[effect.error, effect.nextSeconds],
    ],
  });
  if (held.rowCount !== 1) return false;
  await client.query({
    name: "settle_denials",
    text: `
      update session_denial set
        state = case when lease_id = any($2::text[]) then 'applied' when lease_id = any($3::text[]) then 'verified'
          when lease_id = any($4::text[]) then 'moot' else 'failed' end,
        applied_at = case when lease_id = any($2::text[]) then now() else applied_at end,
        verified_at = case when lease_id = any($3::text[]) then now() else verified_at end,
        error = (select f.error from unnest($5::text[], $6::text[]) as f (id, error) where f.id = lease_id),
        is_cut = is_cut or lease_id = any($7::text[])
      where container = $1 and lease_id = any($2::text[] || $3::text[] || $4::text[] || $5::text[])`,
    values: [
      effect.container,
      effect.applied,
      effect.verified,
      effect.moot,
      effect.failed.map(({ leaseId }) => leaseId),
      effect.failed.map(({ error }) => error),
      effect.cut,
    ],
  });
  await forgetEmpty(client, effect.container);
  return true;
});

const needUndo = oneByOne<"need_undo">(async (_context, client, { mountId, needed }) => {
  await client.query({
    name: "need_undo",
    text: `
      update lease set needs_undo = $2
      where mount_id = $1 and kind in ('assumed_role', 'federation_token') and aws_ends_at > now() and needs_undo <> $2`,
    values: [mountId, needed],
  });
  return true;
});

export const denialEffects: Pick<EffectRunners, "ask_denial" | "settle_denials" | "need_undo"> = {
  ask_denial: askDenial,
  settle_denials: settleDenials,
  need_undo: needUndo,
};
