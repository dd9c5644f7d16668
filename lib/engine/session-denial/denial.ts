import type { EngineError } from "@/lib/engine/errors";
import type { PageAsk, Position } from "@/lib/engine/page";

/**
 * `pending`: asked for. `applied`: written at AWS, where it counts within minutes. `verified`: read back
 * from AWS. `moot`: the session, or its role, ended before. `failed`: AWS did not take it.
 */
export type DenialState = "pending" | "applied" | "verified" | "moot" | "failed";

/** An AWS session that is to be useless before its time. */
export type SessionDenial = {
  leaseId: string;
  mountId: string;
  /** ARN of the role, or of the IAM user, whose policy denies the session. */
  container: string;
  /** AWS's `aws:userid` of the session. */
  awsUserId: string;
  /** No other session has this id; else only those issued up to `issuedAt` are denied. */
  isUnique: boolean;
  issuedAt: Date;
  /** When AWS ends the session by itself. */
  expiresAt: Date;
};

export type StoredDenial = SessionDenial & {
  state: DenialState;
  /** Denied by age together with everything older: there was no room for its name. */
  isCut: boolean;
  askedAt: Date;
  appliedAt: Date | null;
  verifiedAt: Date | null;
  error: string | null;
  /** It need not be denied any longer, by the database's clock. */
  isOver: boolean;
};

/** A role or user whose policy one process writes at a time. */
export type DenialContainer = {
  container: string;
  mountId: string;
  rootVersion: number | null;
  /** What was written last; null: nothing, or it was taken away. */
  policy: string | null;
  /** Seconds since then, by the database's clock; null: never. */
  writtenSecondsAgo: number | null;
  fence: string;
  attempts: number;
};

export type DenialEffect = AskDenial | SettleDenials | NeedUndo;

export type AskDenial = {
  kind: "ask_denial";
  denial: SessionDenial;
  rootVersion: number | null;
};

/** What one look at a container came to; holds only under the fence of its claim. */
export type SettleDenials = {
  kind: "settle_denials";
  container: string;
  fence: string;
  applied: readonly string[];
  cut: readonly string[];
  verified: readonly string[];
  moot: readonly string[];
  failed: readonly { leaseId: string; error: string }[];
  policy: string | null;
  /** The policy was written just now. */
  isWritten: boolean;
  /** Null: it went well. */
  error: string | null;
  nextSeconds: number;
  refused: EngineError;
};

/** Leases of STS sessions of a mount have, or no longer have, something to undo at AWS. */
export type NeedUndo = { kind: "need_undo"; mountId: string; needed: boolean };

export type DenialReads = {
  /** Null: somebody else works on it, or there is no such container. */
  claim(container: string, fence: string): Promise<DenialContainer | null>;
  /** Denials of a container that still count: not moot, and not over for more than five minutes. */
  ofContainer(container: string): Promise<StoredDenial[]>;
  ofLease(leaseId: string): Promise<StoredDenial | null>;
  /** Gives a claim back when there is nothing to tell. */
  rest(container: string, fence: string, nextSeconds: number): Promise<void>;
  /** Containers that are due. */
  due(limit: number): Promise<string[]>;
  page(
    filter: { mountId: string },
    ask: PageAsk,
  ): Promise<(StoredDenial & { position: Position })[]>;
  /** Ids of live leases of sessions of a role or user that were issued before an instant. */
  liveBefore(container: string, before: Date, limit: number): Promise<string[]>;
};

/** What this process does about denials. */
export type DenialWork = DenialReads & {
  /**
   * Writes the container's policy, a moment later together with what others ask meanwhile; returns when
   * that was done, here or by another process.
   */
  apply(container: string): Promise<void>;
  /** True for a session that is denied by its own name; known a second late at most. */
  isDenied(awsUserId: string): Promise<boolean>;
};
