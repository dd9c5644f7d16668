import type { AssumeRoleInput, AwsAccess, AwsSession } from "@/lib/engine/aws-secrets/ports";
import type { PageAsk, Position } from "@/lib/engine/page";
import type { Fact, Look } from "@/lib/engine/validator/fact";
import type { Evidence, Finding, Status, Verdict } from "@/lib/engine/validator/finding";

export type FoundRole = {
  arn: string;
  roleId: string;
  maxSessionSeconds: number;
  /** In clear, not URL-encoded. */
  trustPolicy: string;
};

/** AWS as the validator asks it: slowly, and telling who asks. */
export type RoleReads = {
  /** ARN of whose credentials sign. */
  caller(access: AwsAccess): Promise<string>;
  getRole(access: AwsAccess, roleName: string): Promise<FoundRole>;
  /** Whether the principal's own policies let it assume the role. */
  mayAssume(access: AwsAccess, principalArn: string, roleArn: string): Promise<boolean>;
  assumeRole(access: AwsAccess, input: AssumeRoleInput): Promise<AwsSession>;
  /** Resolves when one more read of an account's IAM may start: five a second, all processes together. */
  turn(account: string): Promise<void>;
};

export type StoredFinding = Finding & { firstSeen: Date };

export type StoredVerdict = Omit<Verdict, "findings"> & {
  mountId: string;
  findings: readonly StoredFinding[];
  digest: string;
  /** Of the role that was judged. */
  revision: number;
  /** When it was last found to be so. */
  checkedAt: Date;
};

/**
 * A verdict to keep in place of the one with the digest `before` (null: there was none); `change` is null
 * where it says the same of a role that was saved again.
 */
export type NewVerdict = StoredVerdict & { before: string | null; change: Change | null };

/** How a verdict differs from the one before. */
export type Change = {
  fromStatus: Status | null;
  toStatus: Status | null;
  appeared: readonly string[];
  cleared: readonly string[];
  limitBefore: number | null;
  limitAfter: number | null;
  text: string;
};

export type StoredChange = Change & { at: Date };

export type Target = {
  targetArn: string;
  /** Changes when whoever asks about it does. */
  origin: string;
  /** Older than so many seconds it is asked about again now; null: as planned. */
  maxAgeSeconds: number | null;
};

export type ClaimedFact = Fact & { fence: string };

export type VerdictFilter = {
  mountIds: readonly string[] | null;
  role: string | null;
  targetArn: string | null;
  statuses: readonly string[] | null;
  codes: readonly string[] | null;
  text: string | null;
};

export type ValidatorStore = {
  facts(mountId: string): Promise<Fact[]>;
  /** Makes the facts of a mount those of its targets; new ones are due at once. */
  keepTargets(mountId: string, targets: readonly Target[]): Promise<void>;
  /** Makes facts due that were not asked about within a minute; null: all of the mount. */
  ask(mountId: string, targetArns: readonly string[] | null): Promise<void>;
  /** Has facts of a mount asked about again within so many seconds. */
  askWithin(mountId: string, targetArns: readonly string[], seconds: number): Promise<void>;
  claimDue(limit: number, fence: string): Promise<ClaimedFact[]>;
  /** Takes facts of a mount whether due or not; those that others work on are left out. */
  claimOf(mountId: string, targetArns: readonly string[], fence: string): Promise<ClaimedFact[]>;
  settle(claimed: ClaimedFact, look: Look, nextSeconds: number): Promise<void>;
  /** Of one role; null: of the mount. */
  verdicts(mountId: string, roles: readonly string[] | null): Promise<StoredVerdict[]>;
  /** @returns those that were written; one that another process replaced meanwhile is not. */
  putVerdicts(verdicts: readonly NewVerdict[]): Promise<readonly NewVerdict[]>;
  /** Notes that verdicts were found to be the same again, and on what that rests now. */
  seeAgain(mountId: string, verdicts: readonly StoredVerdict[]): Promise<void>;
  forgetVerdicts(mountId: string, keys: readonly VerdictKey[]): Promise<void>;
  /** Forgets everything about mounts that are none of these. */
  forgetMounts(keptIds: readonly string[]): Promise<void>;
  search(filter: VerdictFilter, ask: PageAsk): Promise<(StoredVerdict & { position: Position })[]>;
  counts(filter: VerdictFilter): Promise<Record<Status, number>>;
  history(mountId: string, key: VerdictKey, limit: number): Promise<StoredChange[]>;
};

export type VerdictKey = { role: string; targetArn: string };

export type ValidatorPorts = {
  aws: RoleReads;
  store: ValidatorStore;
  /** Limit that was read within a day; known some seconds late. Null: not known. */
  cachedLimit(mountId: string, targetArn: string): Promise<number | null>;
};

export type { Evidence };
