import type pg from "pg";
import type { IntegrityReads, LastCheckpoint, OwnVerification } from "@/lib/engine/audit/integrity";
import { readStanding } from "@/lib/postgres/audit-checkpoints";
import { publicKeys } from "@/lib/postgres/audit-signing-key";
import { verifyChain } from "@/lib/postgres/verify-chain";
import { verifyCheckpoints } from "@/lib/postgres/verify-checkpoints";

/** Between two verifications that some instance makes by itself. */
const EVERY_SECONDS = 600;
/** What one of them reads at most. */
const STEP_MS = 3_600_000;
/** The start of a range is read twice: entries may be written a little before their batch. */
const OVERLAP_MS = 60_000;

/** What operators are told of the proof of the log. */
export function integrityReads(pool: pg.Pool): IntegrityReads {
  return {
    last: () => lastCheckpoint(pool),
    ownVerification: () => ownVerification(pool),
    verifyCheckpoints: (from, to) => verifyCheckpoints(pool, { from, to }),
  };
}

/** The last checkpoint with all that it takes to believe it; null: there is none yet. */
export async function lastCheckpoint(pool: pg.Pool): Promise<LastCheckpoint | null> {
  const client = await pool.connect();
  try {
    await client.query("begin isolation level repeatable read read only");
    const { last, heads } = await readStanding(client);
    const key = last === null ? undefined : (await publicKeys(client)).get(last.keyId);
    await client.query("rollback");
    if (last === null || key === undefined) return null;
    return { checkpoint: last, heads: [...heads.values()], publicKey: key };
  } finally {
    client.release();
  }
}

async function ownVerification(pool: pg.Pool): Promise<OwnVerification | null> {
  const result = await pool.query<OwnVerification>({
    name: "own_verification",
    text: `select at, verified_to as "verifiedTo", json_array_length(defects) as defects from audit_verification`,
    values: [],
  });
  return result.rows[0] ?? null;
}

/**
 * Verifies what was signed since the last time, when that is due and no other instance does it.
 *
 * @returns true when there is more to be verified at once.
 */
export async function verifyNext(pool: pg.Pool): Promise<boolean> {
  const claim = await pool.query<{ verifiedTo: Date | null }>({
    name: "claim_verification",
    text: `
      insert into audit_verification (at, verified_to, checkpoint_no, defects) values (now(), null, 0, '[]')
      on conflict (id) do update set at = now()
      where audit_verification.at < now() - make_interval(secs => $1)
      returning verified_to as "verifiedTo"`,
    values: [EVERY_SECONDS],
  });
  const [claimed] = claim.rows;
  const last = claimed === undefined ? null : await lastCheckpoint(pool);
  if (claimed === undefined || last === null) return false;
  const from = claimed.verifiedTo ?? (await firstBatchAt(pool)) ?? last.checkpoint.at;
  const to = new Date(Math.min(last.checkpoint.at.getTime(), from.getTime() + STEP_MS));
  const range = { from: new Date(from.getTime() - OVERLAP_MS), to };
  const signed = await verifyCheckpoints(pool, range);
  const chain = await verifyChain(pool, range);
  const defects = [...chain.defects, ...signed.defects];
  const hasMore = defects.length === 0 && to < last.checkpoint.at;
  await pool.query({
    name: "store_verification",
    text: `update audit_verification set verified_to = case when $1 = 0 then $2 else verified_to end,
             checkpoint_no = $3, defects = $4, at = case when $5 then at - make_interval(secs => $6) else now() end`,
    values: [
      ...[defects.length, to, last.checkpoint.no, JSON.stringify(defects)],
      ...[hasMore, 2 * EVERY_SECONDS],
    ],
  });
  return hasMore;
}

async function firstBatchAt(pool: pg.Pool): Promise<Date | null> {
  const result = await pool.query<{ at: Date | null }>("select min(at) as at from audit_batch");
  return result.rows[0]?.at ?? null;
}
