import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import type { Effect } from "@/lib/engine/effects";
import type { JsonObject } from "@/lib/engine/json";
import type { Lease } from "@/lib/engine/lease/lease";
import type { AuditEvent } from "@/lib/engine/audit/event";
import type { RequestScope } from "@/lib/engine/scope";
import type { Secret } from "@/lib/engine/secret";
import type { Token } from "@/lib/engine/token/token";

/** Wall clock of this process: for freshness checks and times in the log only. */
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
};

export type TokenReads = {
  /** The token and the configuration version in one read; null hmac reads the version alone. */
  current(hmac: string | null): Promise<{ token: Token | null; configVersion: string }>;
  byHmac(hmac: string): Promise<Token | null>;
  byAccessor(accessor: string): Promise<Token | null>;
  accessors(limit: number): Promise<string[]>;
};

export type LeaseReads = {
  find(id: string): Promise<Lease | null>;
  /** Ids below `prefix`, in order, from `after` on. */
  idsUnder(prefix: string, after: string, limit: number): Promise<string[]>;
  /** One level below `prefix` (folders end in `/`), leases and token leases alike. */
  keysUnder(prefix: string, limit: number): Promise<string[]>;
  countIrrevocable(): Promise<{ mountId: string; count: number }[]>;
  irrevocable(limit: number): Promise<{ id: string; mountId: string; error: string }[]>;
  countUnder(prefix: string): Promise<number>;
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

/** Commits effects together with an entry of the built-in log, outside any request. */
export type CommitEvent = (effects: readonly Effect[], event: AuditEvent) => Promise<void>;

/** What the lease manager asks of an engine that issues leases. */
export type LeaseEngine = {
  /**
   * Makes the credential useless outside; "already gone" is success.
   * @throws EngineError when it may still work.
   */
  undo(ports: Ports, config: ConfigSnapshot, lease: Lease): Promise<void>;
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

/** Audit devices beside the built-in log: opened to try them, told to follow the configuration. */
export type AuditDevices = {
  /** Writes the probe. @throws EngineError `invalid_request` with Vault's text. */
  probe(type: string, options: Record<string, string>, line: string): Promise<void>;
};

export type Limits = {
  defaultLeaseTtlSeconds: number;
  maxLeaseTtlSeconds: number;
  /** Loopback and http endpoints of AWS may be configured (demo and tests). */
  localAws: boolean;
  /** The host's own AWS credentials may be used where a mount has none. */
  ambientAws: boolean;
  auditDirs: readonly string[];
};

/** Everything the engine reaches the outside through. */
export type Ports = {
  clock: Clock;
  random: Random;
  keys: Keyring;
  tokens: TokenReads;
  leases: LeaseReads;
  extras: StoreReads;
  commit: CommitEvent;
  leaseEngines: Readonly<Record<string, LeaseEngine>>;
  authMethods: Readonly<Record<string, AuthMethod>>;
  devices: AuditDevices;
  limits: Limits;
  system: SystemInfo;
};

/** Reads that belong to single features. */
export type StoreReads = {
  cubbyhole(tokenHmac: string, path: string): Promise<Secret | null>;
  cubbyholePaths(tokenHmac: string, prefix: string): Promise<string[]>;
  /** Seconds that a locked login stays locked; 0 when it is open. */
  lockedSeconds(mountAccessor: string, alias: string): Promise<number>;
  lockedUsers(): Promise<{ mountAccessor: string; alias: string }[]>;
  keyStatus(): Promise<{ term: number; installedAt: Date; encryptions: number }>;
  configVersion(): Promise<string>;
  snapshot(): Promise<ConfigSnapshot>;
};

export type SystemInfo = {
  clusterName: string;
  clusterId: string;
  sealType: string;
  startedAt: Date;
};
