/** How AWS answered an attempt to assume a target with a session that may do nothing. */
export type Probe = {
  /** What was asked for. */
  seconds: number;
  /** Of the external id and session tags that were sent: another role may send others. */
  terms: string;
  outcome: "granted" | "over_limit" | "chained" | "denied" | "failed";
  text: string;
  at: string;
};

/** What is known of one target at AWS; with the empty target, of the mount's own principal. */
export type Fact = {
  mountId: string;
  targetArn: string;
  /** Who asked; null: not known. */
  principalArn: string | null;
  isTemporary: boolean;
  maxSessionSeconds: number | null;
  roleId: string | null;
  /** As AWS writes the role's ARN. */
  foundArn: string | null;
  trustPolicy: string | null;
  /** What AWS says of the principal's own policies; null: not asked. */
  identitySide: "allowed" | "denied" | "unknown" | null;
  probe: Probe | null;
  /** When AWS last told it. */
  readAt: Date | null;
  /** When it was last asked. */
  checkedAt: Date | null;
  errorCode: string | null;
  errorText: string | null;
};

/** What one look found out. */
export type Look = Omit<Fact, "mountId" | "targetArn" | "readAt" | "checkedAt"> & {
  /** What was read is new; else what was known stays. */
  isRead: boolean;
};

/** No reader may look at the account of a target. */
export const NO_READER = "NoReader";
export const MISSING = "NoSuchEntity";
