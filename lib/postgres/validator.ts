import type pg from "pg";
import type { Fact } from "@/lib/engine/validator/fact";
import { rankOf } from "@/lib/engine/validator/finding";
import type { ClaimedFact, NewVerdict, ValidatorStore } from "@/lib/engine/validator/ports";
import { VERDICT, verdictOf, type VerdictRow } from "@/lib/postgres/validator-rows";
import { validatorSearch } from "@/lib/postgres/validator-search";

/** A claim not finished within this time belongs to whoever takes it next. */
const CLAIM_SECONDS = 120;
/** AWS is not asked about the same thing more often, however often it is wanted. */
const ASKED_AGAIN_SECONDS = 60;
/** Reads of one account's IAM: five a second. */
const TURN_SECONDS = 0.2;
/** A limit that was read longer ago decides nothing. */
const LIMIT_HOURS = 24;
const HISTORY_DAYS = 400;

const FACT = `
  mount_id as "mountId", target_arn as "targetArn", principal_arn as "principalArn", is_temporary as "isTemporary",
  max_session_seconds as "maxSessionSeconds", role_id as "roleId", found_arn as "foundArn",
  trust_policy as "trustPolicy", identity_side as "identitySide", probe, read_at as "readAt",
  checked_at as "checkedAt", error_code as "errorCode", error_text as "errorText"`;

/** What the validator remembers. */
export function validatorStore(pool: pg.Pool): ValidatorStore {
  return {
    ...factStore(pool),
    ...askStore(pool),
    ...claimStore(pool),
    ...verdictStore(pool),
    ...validatorSearch(pool),
  };
}

function factStore(pool: pg.Pool): Pick<ValidatorStore, "facts" | "keepTargets"> {
  return {
    facts: async (mountId) => {
      const result = await pool.query<Fact>({
        name: "validator_facts",
        text: `select ${FACT} from validator_fact where mount_id = $1`,
        values: [mountId],
      });
      return result.rows;
    },
    keepTargets: async (mountId, targets) => {
      await pool.query({
        name: "keep_validator_targets",
        text: `
          with given as (
            select * from unnest($2::text[], $3::text[], $4::int[]) as g (target_arn, origin, max_age)
          ), gone as (
            delete from validator_fact f where mount_id = $1
              and not exists (select 1 from given g where g.target_arn = f.target_arn)
          )
          insert into validator_fact as f (mount_id, target_arn, origin)
          select $1, target_arn, origin from given
          on conflict (mount_id, target_arn) do update set origin = excluded.origin, next_check_at = now()
          where f.origin <> excluded.origin or f.checked_at < now() - make_interval(secs =>
            (select g.max_age from given g where g.target_arn = f.target_arn))`,
        values: [
          mountId,
          targets.map(({ targetArn }) => targetArn),
          targets.map(({ origin }) => origin),
          targets.map(({ maxAgeSeconds }) => maxAgeSeconds),
        ],
      });
    },
  };
}

function askStore(pool: pg.Pool): Pick<ValidatorStore, "ask" | "askWithin" | "forgetMounts"> {
  return {
    ask: async (mountId, targetArns) => {
      await pool.query({
        name: "ask_validator",
        text: `
          update validator_fact set next_check_at = now()
          where mount_id = $1 and ($2::text[] is null or target_arn = any($2)) and next_check_at > now()
            and (checked_at is null or checked_at < now() - make_interval(secs => $3))`,
        // Somebody who asks for everything means now.
        values: [mountId, targetArns, targetArns === null ? 0 : ASKED_AGAIN_SECONDS],
      });
    },
    askWithin: async (mountId, targetArns, seconds) => {
      await pool.query({
        name: "ask_validator_within",
        text: `
          update validator_fact set next_check_at = coalesce(checked_at, now()) + make_interval(secs => $3)
          where mount_id = $1 and target_arn = any($2::text[])
            and next_check_at > coalesce(checked_at, now()) + make_interval(secs => $3)
            and error_code is null`,
        values: [mountId, targetArns, seconds],
      });
    },
    forgetMounts: async (keptIds) => {
      for (const text of [
        "delete from validator_fact where mount_id <> all($1::uuid[])",
        "delete from validator_verdict where mount_id <> all($1::uuid[])",
      ]) {
        await pool.query(text, [keptIds]);
      }
      await pool.query(
        "delete from validator_change where at < now() - make_interval(days => $1)",
        [HISTORY_DAYS],
      );
    },
  };
}

function claimStore(pool: pg.Pool): Pick<ValidatorStore, "claimDue" | "claimOf" | "settle"> {
  return {
    claimDue: async (limit, fence) => {
      const result = await pool.query<ClaimedFact>({
        name: "claim_validator_facts",
        text: `
          update validator_fact set fence = $2, locked_until = now() + make_interval(secs => $3)
          where (mount_id, target_arn) in (
            select mount_id, target_arn from validator_fact
            where next_check_at <= now() and (locked_until is null or locked_until < now())
            order by next_check_at, mount_id, target_arn limit $1 for update skip locked)
          returning ${FACT}, fence`,
        values: [limit, fence, CLAIM_SECONDS],
      });
      return result.rows;
    },
    claimOf: async (mountId, targetArns, fence) => {
      const result = await pool.query<ClaimedFact>({
        name: "claim_validator_facts_of",
        text: `
          update validator_fact set fence = $3, locked_until = now() + make_interval(secs => $4)
          where (mount_id, target_arn) in (
            select mount_id, target_arn from validator_fact
            where mount_id = $1 and target_arn = any($2::text[])
              and (locked_until is null or locked_until < now())
            order by target_arn for update skip locked)
          returning ${FACT}, fence`,
        values: [mountId, targetArns, fence, CLAIM_SECONDS],
      });
      return result.rows;
    },
    settle: async (claimed, look, nextSeconds) => {
      await pool.query({
        name: "settle_validator_fact",
        text: `
          update validator_fact set principal_arn = $4, is_temporary = $5, max_session_seconds = $6, role_id = $7,
            found_arn = $8, trust_policy = $9, identity_side = $10, probe = $11, error_code = $12, error_text = $13,
            read_at = case when $14::bool then now() else read_at end, checked_at = now(),
            next_check_at = now() + make_interval(secs => $15), fence = null, locked_until = null
          where mount_id = $1 and target_arn = $2 and fence = $3`,
        values: [
          ...[claimed.mountId, claimed.targetArn, claimed.fence, look.principalArn],
          ...[look.isTemporary, look.maxSessionSeconds, look.roleId, look.foundArn],
          ...[look.trustPolicy, look.identitySide, look.probe && JSON.stringify(look.probe)],
          ...[look.errorCode, look.errorText, look.isRead, nextSeconds],
        ],
      });
    },
  };
}

function verdictStore(
  pool: pg.Pool,
): Pick<ValidatorStore, "verdicts" | "putVerdicts" | "seeAgain" | "forgetVerdicts"> {
  return {
    verdicts: async (mountId, roles) => {
      const result = await pool.query<VerdictRow>({
        name: "validator_verdicts",
        text: `
          select ${VERDICT} from validator_verdict
          where mount_id = $1 and ($2::text[] is null or role = any($2)) order by role, target_arn`,
        values: [mountId, roles],
      });
      return result.rows.map(verdictOf);
    },
    putVerdicts: async (verdicts) => {
      if (verdicts.length === 0) return [];
      const result = await pool.query<{ role: string; targetArn: string }>({
        name: "put_validator_verdicts",
        text: PUT_VERDICTS,
        values: [JSON.stringify(verdicts.map(givenOf))],
      });
      const written = new Set(result.rows.map((row) => `${row.role} ${row.targetArn}`));
      return verdicts.filter(({ role, targetArn }) => written.has(`${role} ${targetArn}`));
    },
    seeAgain: async (mountId, verdicts) => {
      if (verdicts.length === 0) return;
      await pool.query({
        name: "see_validator_verdicts",
        text: `
          update validator_verdict v set checked_at = now(), findings = g.findings
          from jsonb_to_recordset($2::jsonb) as g (role text, target_arn text, findings jsonb, digest text)
          where v.mount_id = $1 and v.role = g.role and v.target_arn = g.target_arn and v.digest = g.digest`,
        values: [
          mountId,
          JSON.stringify(
            verdicts.map(({ role, targetArn, findings, digest }) => {
              return { role, target_arn: targetArn, findings, digest };
            }),
          ),
        ],
      });
    },
    forgetVerdicts: async (mountId, keys) => {
      if (keys.length === 0) return;
      await pool.query({
        name: "forget_validator_verdicts",
        text: `
          delete from validator_verdict v using unnest($2::text[], $3::text[]) as k (role, target_arn)
          where v.mount_id = $1 and v.role = k.role and v.target_arn = k.target_arn`,
        values: [mountId, keys.map(({ role }) => role), keys.map(({ targetArn }) => targetArn)],
      });
    },
  };
}

const PUT_VERDICTS = `
  with given as (
    select * from jsonb_to_recordset($1::jsonb) as g (mount_id uuid, role text, target_arn text, rank int,
      codes text[], findings jsonb, figures jsonb, digest text, revision int, before text, change jsonb)
  ), written as (
    insert into validator_verdict as v
      (mount_id, role, target_arn, rank, codes, findings, figures, digest, revision)
    select mount_id, role, target_arn, rank, codes, findings, figures, digest, revision from given
    on conflict (mount_id, role, target_arn) do update set rank = excluded.rank, codes = excluded.codes,
      findings = excluded.findings, figures = excluded.figures, digest = excluded.digest,
      revision = excluded.revision, checked_at = now()
    where v.digest = (select g.before from given g
      where g.mount_id = v.mount_id and g.role = v.role and g.target_arn = v.target_arn)
    returning mount_id, role, target_arn
  ), told as (
    insert into validator_change (mount_id, role, target_arn, change)
    select g.mount_id, g.role, g.target_arn, g.change from given g join written using (mount_id, role, target_arn)
    where jsonb_typeof(g.change) = 'object'
  )
  select role, target_arn as "targetArn" from written`;

function givenOf(verdict: NewVerdict): Record<string, unknown> {
  return {
    mount_id: verdict.mountId,
    role: verdict.role,
    target_arn: verdict.targetArn,
    rank: rankOf(verdict.status),
    codes: verdict.findings.map(({ code }) => code),
    findings: verdict.findings,
    figures: verdict.figures,
    digest: verdict.digest,
    revision: verdict.revision,
    before: verdict.before,
    change: verdict.change,
  };
}

/** Takes the next turn of an account; milliseconds until it comes. */
export async function takeTurn(pool: pg.Pool, account: string): Promise<number> {
  const result = await pool.query<{ ms: number }>({
    name: "take_validator_turn",
    text: `
      insert into validator_pace as p (account, next_at) values ($1, now() + make_interval(secs => $2))
      on conflict (account) do update set next_at = greatest(p.next_at, now()) + make_interval(secs => $2)
      returning (extract(epoch from next_at - now()) - $2::float8)::float8 * 1000 as ms`,
    values: [account, TURN_SECONDS],
  });
  return result.rows[0]?.ms ?? 0;
}

/** Limits by mount and target that were read lately. */
export async function freshLimits(pool: pg.Pool): Promise<ReadonlyMap<string, number>> {
  const result = await pool.query<{ key: string; seconds: number }>({
    name: "validator_limits",
    text: `
      select mount_id || ' ' || target_arn as key, max_session_seconds as seconds from validator_fact
      where max_session_seconds is not null and read_at > now() - make_interval(hours => $1)`,
    values: [LIMIT_HOURS],
  });
  return new Map(result.rows.map(({ key, seconds }) => [key, seconds]));
}
