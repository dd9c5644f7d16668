/** From best to worst. What is not known may hide an error, so it is worse than a warning. */
export const STATUSES = ["ok", "warning", "unknown", "error"] as const;
export type Status = (typeof STATUSES)[number];

/** How to put it right: in words, and as commands to copy. */
export type Fix = { text: string; cli: string; terraform: string };

/** What a finding rests on. */
export type Evidence = {
  value: string;
  /** `static`: the configuration alone. */
  method: "get_role" | "probe" | "static";
  principalArn: string | null;
  /** When AWS said so; null: it was not asked. */
  at: Date | null;
};

/** What one check found out about a role, or about one of its targets. */
export type Finding = {
  code: string;
  status: Status;
  text: string;
  fix: Fix | null;
  evidence: Evidence;
};

/** What is known of one role and one of its targets, beside what was found. */
export type Figures = {
  defaultSeconds: number | null;
  maxSeconds: number | null;
  isMaxSet: boolean;
  /** AWS's MaxSessionDuration, or what stands in its place; null: not known. */
  limitSeconds: number | null;
  /** True, false, or null where the principal is not known. */
  isChained: boolean | null;
  externalId: "none" | "set";
  principalArn: string | null;
};

/** One role and one target; the empty target stands for the role itself. */
export type Verdict = {
  role: string;
  targetArn: string;
  status: Status;
  findings: readonly Finding[];
  figures: Figures;
};

export function worst(statuses: readonly Status[]): Status {
  return STATUSES.findLast((status) => statuses.includes(status)) ?? "unknown";
}

export function rankOf(status: Status): number {
  return STATUSES.indexOf(status);
}

/** Evidence from the configuration alone. */
export function configured(value: string): Evidence {
  return { value, method: "static", principalArn: null, at: null };
}
