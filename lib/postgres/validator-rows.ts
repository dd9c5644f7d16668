import { type Figures, type Status, STATUSES } from "@/lib/engine/validator/finding";
import type { StoredFinding, StoredVerdict } from "@/lib/engine/validator/ports";

/** Columns of a verdict, as `verdictOf` reads them. */
export const VERDICT = `
  mount_id as "mountId", role, target_arn as "targetArn", rank, findings, figures, digest, revision,
  checked_at as "checkedAt"`;

/** A verdict as Postgres keeps it; instants inside it are texts. */
export type VerdictRow = {
  mountId: string;
  role: string;
  targetArn: string;
  rank: number;
  findings: (Omit<StoredFinding, "firstSeen" | "evidence"> & {
    firstSeen: string;
    evidence: Omit<StoredFinding["evidence"], "at"> & { at: string | null };
  })[];
  figures: Figures;
  digest: string;
  revision: number;
  checkedAt: Date;
};

export function verdictOf({ rank, findings, ...row }: VerdictRow): StoredVerdict {
  return {
    ...row,
    status: statusOf(rank),
    findings: findings.map((finding) => ({
      ...finding,
      firstSeen: new Date(finding.firstSeen),
      evidence: {
        ...finding.evidence,
        at: finding.evidence.at === null ? null : new Date(finding.evidence.at),
      },
    })),
  };
}

export function statusOf(rank: number): Status {
  return STATUSES[rank] ?? "unknown";
}
