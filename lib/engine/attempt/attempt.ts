import type { LoginFacts, LoginStep, LoginTrace } from "@/lib/engine/aws-auth/login-trace";
import type { PageAsk, Position } from "@/lib/engine/page";
import type { RequestScope } from "@/lib/engine/scope";

/** One login through an AWS auth mount, passed or refused. */
export type Attempt = {
  /** The request's id: the log has it by the same. */
  id: string;
  at: Date;
  mountId: string;
  /** At the time of the login. */
  mountPath: string;
  role: string;
  passed: boolean;
  /** The check that refused it; of one that passed, the last. */
  step: LoginStep;
  /** Why that check failed, in a word of `diagnosis.ts`; empty: it passed, or nothing more is known. */
  cause: string;
  account: string;
  /** The caller's ARN; empty: STS had not vouched for anybody yet. */
  principal: string;
  accessKeyId: string;
  clientAddress: string;
  /** What the client was told. */
  error: string | null;
  facts: Partial<LoginFacts>;
};

/** An attempt as it is stored: others like it, of the same minute, are counted and not kept. */
export type StoredAttempt = Attempt & { position: Position; repeats: number; lastAt: Date };

export type AttemptFilter = {
  mountIds: readonly string[] | null;
  passed: boolean | null;
  role: string | null;
  step: string | null;
  cause: string | null;
  account: string | null;
  /** Part of a principal, a client address, an access key id or an id. */
  text: string | null;
  from: Date | null;
  to: Date | null;
};

/** How logins with one role went lately. */
export type RoleLogins = {
  role: string;
  /** Null: none that is kept. */
  lastPassedAt: Date | null;
  /** Since the time that was asked for. */
  refused: number;
  /** When a principal was refused last that was made anew since; null: not since then. */
  recreatedAt: Date | null;
  /** Who was refused then, by the unique id that AWS gives. */
  recreatedId: string | null;
};

export type AttemptReads = {
  /** Of the roles named, those that logins are kept of. */
  byRole(mountId: string, roles: readonly string[], since: Date): Promise<RoleLogins[]>;
  /** Newest first; one row more than asked for. */
  page(filter: AttemptFilter, ask: PageAsk): Promise<StoredAttempt[]>;
  find(id: string): Promise<StoredAttempt | null>;
};

/** Keeps what logins came to. Never delays one and never fails it. */
export type AttemptBook = {
  begin(scope: RequestScope): LoginTrace;
  /** @returns the attempt's id; null: the request was no login of this kind. */
  ended(requestId: string, status: number): string | null;
};
