import type pg from "pg";
import { rankOf, type Status, STATUSES } from "@/lib/engine/validator/finding";
import type {
  Change,
  StoredChange,
  ValidatorStore,
  VerdictFilter,
} from "@/lib/engine/validator/ports";
import { boundedRead } from "@/lib/postgres/bounded-read";
import { containing } from "@/lib/postgres/search-text";
import { statusOf, VERDICT, verdictOf, type VerdictRow } from "@/lib/postgres/validator-rows";

const ID = `(mount_id::text || '/' || role || '/' || target_arn)`;

const MATCHES = `
  ($1::uuid[] is null or mount_id = any($1)) and ($2::text is null or role = $2)
  and ($3::text is null or target_arn = $3) and ($4::int[] is null or rank = any($4))
  and ($5::text[] is null or codes && $5)
  and ($6::text is null or role ilike $6 or target_arn ilike $6 or array_to_string(codes, ' ') ilike $6)`;

/** Verdicts as operators look for them. */
export function validatorSearch(
  pool: pg.Pool,
): Pick<ValidatorStore, "search" | "counts" | "history"> {
  return {
    search: async (filter, { limit, after }) => {
      const rows = await boundedRead<VerdictRow & { id: string }>(pool, {
        text: `
          select ${VERDICT}, ${ID} as id from validator_verdict
          where ${MATCHES} and ($7::int is null or rank < $7
            or (rank = $7 and ${ID} collate "C" > $8::text collate "C"))
          order by rank desc, ${ID} collate "C" limit $9`,
        values: [...valuesOf(filter), after && Number(after.key), after?.id ?? null, limit + 1],
      });
      return rows.map(({ id, ...row }) => {
        return { ...verdictOf(row), position: { key: String(row.rank), id } };
      });
    },
    counts: async (filter) => {
      const rows = await boundedRead<{ rank: number; count: number }>(pool, {
        text: `select rank, count(*)::int as count from validator_verdict where ${MATCHES} group by rank`,
        values: valuesOf(filter),
      });
      const counts: Record<Status, number> = { ok: 0, warning: 0, unknown: 0, error: 0 };
      for (const { rank, count } of rows) counts[statusOf(rank)] = count;
      return counts;
    },
    history: async (mountId, { role, targetArn }, limit) => {
      const rows = await boundedRead<{ at: Date; change: Change }>(pool, {
        text: `
          select at, change from validator_change
          where mount_id = $1 and role = $2 and target_arn = $3 order by id desc limit $4`,
        values: [mountId, role, targetArn, limit],
      });
      return rows.map(({ at, change }): StoredChange => ({ ...change, at }));
    },
  };
}

function valuesOf(filter: VerdictFilter): unknown[] {
  const ranks = filter.statuses?.flatMap((status) => {
    const known = STATUSES.find((one) => one === status);
    return known === undefined ? [] : [rankOf(known)];
  });
  return [
    ...[filter.mountIds, filter.role, filter.targetArn, ranks ?? null, filter.codes],
    filter.text === null ? null : containing(filter.text),
  ];
}
