import type { AttemptBook } from "@/lib/engine/attempt/attempt";
import type { AuditRow } from "@/lib/engine/audit/row";
import type { AuditTail } from "@/lib/engine/audit/tail";
import type { Exposure } from "@/lib/engine/audit/exposure";
import type { SecretId } from "@/lib/engine/approle/secret-id";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import type { ConsoleSessionReads } from "@/lib/engine/console/session";
import type { AwsAuthPorts } from "@/lib/engine/aws-auth/ports";
import type { AwsSecretsPorts } from "@/lib/engine/aws-secrets/ports";
import type { Effect } from "@/lib/engine/effects";
import type { OperatorReads } from "@/lib/engine/operator-ports";
import type { EngineError } from "@/lib/engine/errors";
import type { JsonObject } from "@/lib/engine/json";
import type { Lease } from "@/lib/engine/lease/lease";
import type { AuditEvent } from "@/lib/engine/audit/event";
import type { RequestScope } from "@/lib/engine/scope";
import type { DenialWork } from "@/lib/engine/session-denial/denial";
import type { Secret } from "@/lib/engine/secret";
import type { Labels, Metric } from "@/lib/engine/system/metrics-formats";
import type { Token } from "@/lib/engine/token/token";
import type { ValidatorPorts } from "@/lib/engine/validator/ports";

/** The database's clock: for freshness checks and times in the log. Leases and tokens end in SQL. */
export type Clock = { now(): Date };

export type Random = {
  bytes(count: number): Buffer;
  /** `length` characters of `[A-Za-z0-9]`, each equally likely. */
  base62(length: number): string;
  uuid(): string;
};

/** Keys that never leave this process; their wrapped forms are in the database. */
export type Keyring = {
  /** Hex HMAC-SHA256 under the key of `purpose`. */
  hmac(purpose: "token" | "secret_id" | "replay", value: string): string;
  /** AES-256-GCM with key id, purpose and row identity as associated data. */
  seal(purpose: string, row: string, plain: string): Buffer;
  /** @throws EngineError `internal` when it was not sealed for this purpose and row. */
  open(purpose: string, row: string, sealed: Buffer): Secret;
  /** True while no key is in memory; the others throw `sealed` then. */
  isLocked(): boolean;
};

/** A new data key as it is stored: under the seal. */
export type WrappedKey = { id: string; wrapped: Buffer };

/** What a token is known by inside, and to people. */
export type TokenName = { hmac: string; accessor: string };

/** Reads of tokens, and the one write that is no effect of a request but the price of making it. */
export type TokenReads = {
  /**
   * Takes one use of a token with a limited number of them.
   *
   * @returns how many are left; null: there was none. The last one leaves a token that opens nothing.
   */
  spendUse(hmac: string): Promise<number | null>;
  /** The token and the configuration version in one read; null hmac reads the version alone. */
  current(hmac: string | null): Promise<{ token: Token | null; configVersion: string }>;
  byHmac(hmac: string): Promise<Token | null>;
  byAccessor(accessor: string): Promise<Token | null>;
  accessors(limit: number): Promise<string[]>;
  /** Tokens created at paths below `prefix`. */
  under(prefix: string, limit: number): Promise<TokenName[]>;
  /** Tokens that an auth mount issued. */
  ofMount(mountId: string, limit: number): Promise<TokenName[]>;
};

export type LeaseReads = {
  find(id: string): Promise<Lease | null>;
  /** The lease once nobody works on its end, at most 30 s from now; null: it has ended. */
  whenFree(id: string): Promise<Lease | null>;
  /** Leases below `prefix`, in the order of their ids, from `after` on. */
  under(prefix: string, after: string, limit: number): Promise<Lease[]>;
  /** One level below `prefix` (folders end in `/`), leases and token leases alike. */
  keysUnder(prefix: string, limit: number): Promise<string[]>;
  countIrrevocable(): Promise<{ mountId: string; count: number }[]>;
  irrevocable(limit: number): Promise<{ id: string; mountId: string; error: string }[]>;
  countUnder(prefix: string): Promise<number>;
  /** Intents of a mount that are open: credentials being issued, or to be undone. */
  countIntents(mountId: string): Promise<number>;
};

export type Intent = {
  id: string;
  mountId: string;
  rootVersion: number;
  account: string | null;
  userName: string;
  handle: JsonObject;
  fence: string;
  ageSeconds: number;
  attempts: number;
};

/**
 * Commits the effects of a request together with the rows that tell of them, or of their refusal.
 *
 * @throws EngineError the refusal of an effect; `unavailable` when the database does not answer.
 */
export type CommitRequest = (item: {
  effects: readonly Effect[];
  rows(refusal: EngineError | null): readonly AuditRow[];
}) => Promise<void>;

/** Commits effects together with entries of the built-in log, outside any request. */
export type CommitEvent = (
  effects: readonly Effect[],
  ...events: readonly [AuditEvent, ...AuditEvent[]]
) => Promise<void>;

/** What the lease manager asks of an engine that issues leases. */
export type LeaseEngine = {
  /**
   * Makes the credential useless outside; "already gone" is success.
   * @throws EngineError when it may still work.
   */
  undo(ports: Ports, config: ConfigSnapshot, lease: Lease): Promise<void>;
  /**
   * The first and shortest part of `undo`: when it returns the credential works no more, what it
   * belongs to may still be there.
   * @throws EngineError when it may still work.
   */
  turnOff(ports: Ports, config: ConfigSnapshot, lease: Lease): Promise<void>;
  /** TTL terms of a renewal, from the current configuration. @throws EngineError to refuse. */
  renewal(config: ConfigSnapshot, lease: Lease): Promise<RenewalTerms>;
};

export type RenewalTerms = { ttlSeconds: number; maxTtlSeconds: number };

/** What the token store asks of an auth method when one of its tokens is renewed. */
export type AuthMethod = {
  /** @throws EngineError to refuse (text without `failed to renew entry: `). */
  renewal(ports: Ports, scope: RequestScope, token: Token): Promise<TokenRenewalTerms>;
};

export type TokenRenewalTerms = {
  ttlSeconds: number;
  maxTtlSeconds: number;
  periodSeconds: number;
};

/** A device beside the built-in log, as it stands in one version of the configuration. */
export type ActiveDevice = {
  path: string;
  /** A fresh one for each entry. */
  exposure(): Exposure;
  /** Adds a line; false when the device has not taken it yet. */
  write(line: string): Promise<boolean>;
};

/** How a device has done in this process. */
export type DeviceState = {
  lastWrittenAt: Date | null;
  /** Of the first attempt that failed since it last took a line; null: it takes them. */
  failingSince: Date | null;
  lastError: string;
  /** Attempts at a line that failed. */
  failures: number;
  /** Lines that it is still to be given. */
  waiting: number;
  /** Lines that found no room to wait. */
  lost: number;
};

/** Audit devices beside the built-in log: opened to try them, told to follow the configuration. */
export type AuditDevices = {
  active(config: ConfigSnapshot): Promise<readonly ActiveDevice[]>;
  /** Writes the probe. @throws EngineError `invalid_request` with Vault's text. */
  probe(type: string, options: Record<string, string>, line: string): Promise<void>;
  /** How each device has done since this process began, by path; one never written to is absent. */
  states(): ReadonlyMap<string, DeviceState>;
};

export type Limits = {
  defaultLeaseTtlSeconds: number;
  maxLeaseTtlSeconds: number;
  /** Loopback and http endpoints of AWS may be configured (demo and tests). */
  localAws: boolean;
  /** The host's own AWS credentials may be used where a mount has none. */
  ambientAws: boolean;
  /** Folders, and addresses of sockets, that audit devices may lead to. */
  auditDirs: readonly string[];
  auditHosts: readonly string[];
  /** Audit devices may show secrets in clear. */
  auditRaw: boolean;
};

/** Everything the engine reaches the outside through. */
export type Ports = {
  clock: Clock;
  /** How far this machine's own clock is behind the database's, in milliseconds; negative: ahead. */
  clockSkewMs(): number;
  /** A moment by this machine's own clock, as those measure it who work against a limit. */
  deadlineIn(seconds: number): Date;
  random: Random;
  keys: Keyring;
  tokens: TokenReads;
  leases: LeaseReads;
  extras: StoreReads;
  commit: CommitEvent;
  commitRequest: CommitRequest;
  /** A request is over: what it may have left at AWS is for the worker to undo. */
  requestEnded(requestId: string): void;
  configuration: { at(version: string): Promise<ConfigSnapshot> };
  /** How the built-in log shows values; a fresh one for each entry. */
  builtInExposure(): Exposure;
  /** What the operator of the server should see: causes of internal errors. */
  report(message: string, cause: unknown): void;
  leaseEngines: Readonly<Record<string, LeaseEngine>>;
  authMethods: Readonly<Record<string, AuthMethod>>;
  devices: AuditDevices;
  passwords: Passwords;
  /** STS and IAM, as the AWS secrets engine calls them. */
  awsSecrets: AwsSecretsPorts;
  /** STS, IAM and EC2, as the AWS auth method calls them. */
  awsAuth: AwsAuthPorts;
  limits: Limits;
  system: SystemInfo;
  installation: InstallationReads;
  operator: OperatorReads;
  auditTail: AuditTail;
  /** @throws EngineError `unavailable` when the seal does not answer. */
  newSealingKey(): Promise<WrappedKey>;
  host: Host;
  metrics: Metrics;
  consoleSessions: ConsoleSessionReads;
  attempts: AttemptBook;
  denials: DenialWork;
  validator: ValidatorPorts;
};

/** Numbers of this process, for monitoring. */
export type Metrics = {
  /** Adds to a counter; a name has the same labels, in the same order, always. */
  count(name: string, labels?: Labels, by?: number): void;
  /** Adds a duration, in milliseconds, to a summary. */
  observe(name: string, ms: number, labels?: Labels): void;
  /** A request has begun; what is given back is told when it is answered. */
  began(request: RunningRequest): HandledRequest;
  inFlight(): readonly InFlightRequest[];
  read(): Metric[];
};

export type RunningRequest = {
  id: string;
  operation: string;
  method: string;
  uriPath: string;
  clientAddress: string;
  clientPort: number;
};

export type HandledRequest = {
  ended(outcome: { status: number; mountPath: string | null; isLogin: boolean }): void;
};

export type InFlightRequest = { id: string; startedAt: Date; request: RunningRequest };

/** Facts about the installation as a whole, read when somebody asks. */
export type InstallationReads = {
  /** The key that seals now: how many there were, since when, and how many values are under it. */
  sealingKey(): Promise<{ term: number; installedAt: Date; encryptions: number }>;
  /** Versions of the program that ran on this database, oldest first. */
  versions(limit: number): Promise<{ version: string; installedAt: Date }[]>;
  /** Processes that gave a sign of life within so many seconds. */
  instances(seconds: number): Promise<LiveInstance[]>;
  entityCount(): Promise<number>;
  gauges(): Promise<Gauges>;
};

/** What there is now; large numbers are estimates. */
export type Gauges = {
  leases: number;
  irrevocableLeases: number;
  tokens: number;
  entities: number;
  tokensByPolicy: readonly { group: string; count: number }[];
  /** By the id of the auth mount that issued them; empty: the token store. */
  tokensByMount: readonly { group: string; count: number }[];
  /** By the bucket of their first time to live. */
  tokensByTtl: readonly { group: string; count: number }[];
};

export type LiveInstance = { id: string; isSelf: boolean; seenAt: Date; clockOffsetMs: number };

/** The machine that this process runs on. */
export type Host = { name: string; facts(): Record<string, unknown> };

/** Reads that belong to single features. */
export type StoreReads = {
  cubbyhole(tokenHmac: string, path: string): Promise<Secret | null>;
  cubbyholePaths(tokenHmac: string, prefix: string): Promise<string[]>;
  secretIds: SecretIdReads;
  /** Failed logins counted for an alias, and the seconds it stays locked (0 when it is open). */
  loginFailures(mountAccessor: string, alias: string): Promise<LoginFailures>;
  /** Aliases that are locked now, by mount accessor. */
  lockedUsers(limit: number): Promise<{ mountAccessor: string; alias: string }[]>;
  configVersion(): Promise<string>;
  snapshot(): Promise<ConfigSnapshot>;
};

export type LoginFailures = { count: number; lockedSeconds: number };

/** Secret ids that have not expired, by the database's clock, and have uses left. */
export type SecretIdReads = {
  find(mountId: string, role: string, hmac: string): Promise<SecretId | null>;
  byAccessor(mountId: string, accessor: string): Promise<SecretId | null>;
  accessors(mountId: string, role: string, limit: number): Promise<string[]>;
};

/** Passwords under bcrypt, computed beside the thread that answers requests. */
export type Passwords = {
  /** @throws EngineError `invalid_request` when the password is longer than bcrypt can tell apart. */
  hash(password: Secret): Promise<Secret>;
  /** Null hash: compares as long as with a real one, and is false. */
  verify(password: Secret, hash: Secret | null): Promise<boolean>;
};

export type SystemInfo = {
  clusterName: string;
  clusterId: string;
  sealType: string;
  startedAt: Date;
};
