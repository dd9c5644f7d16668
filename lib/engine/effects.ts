import type { ConsoleSessionGrant } from "@/lib/engine/console/session";
import type { EngineError } from "@/lib/engine/errors";
import type { JobEffect } from "@/lib/engine/job/effects";
import type { RecordChanges } from "@/lib/engine/history/effects";
import type { JsonObject } from "@/lib/engine/json";
import type { LeaseGrant } from "@/lib/engine/lease/lease";
import type { Mount, MountConfig } from "@/lib/engine/mount/mount";
import type { DenialEffect } from "@/lib/engine/session-denial/denial";
import type { Secret } from "@/lib/engine/secret";
import type { TokenGrant } from "@/lib/engine/token/token";
import type { ViewEffect } from "@/lib/engine/view/views";

/**
 * Everything that can be changed, as data. A use case returns effects; whoever runs it commits them
 * in one transaction with the audit entry. `refused` is thrown (and nothing is changed) when the
 * database finds that an effect does not apply any more.
 */
export type Effect =
  | PutSetting
  | DeleteSetting
  | PutPolicy
  | DeletePolicy
  | EnableMount
  | ChangeMount
  | RemoveMount
  | GrantToken
  | MarkReplay
  | RenewToken
  | RevokeTokens
  | SpendTokenUse
  | OpenIntent
  | CloseIntent
  | IssueLease
  | RenewLease
  | ClaimLease
  | KeyOff
  | EndLease
  | RetryLease
  | DueLeases
  | PutCubbyhole
  | DeleteCubbyhole
  | DeleteEntity
  | PutSecretId
  | SpendSecretId
  | DeleteSecretId
  | DeleteSecretIds
  | PutAuditDevice
  | RemoveAuditDevice
  | AddDataKey
  | SetSealed
  | RecordLoginFailure
  | ClearLoginFailures
  | JobEffect
  | RecordChanges
  | ViewEffect
  | DenialEffect
  | PutConsoleSession
  | EndConsoleSessions;

export type EffectKind = Effect["kind"];

/**
 * One JSON document of a mount's configuration. `revision`: the one that was read (0: must not
 * exist); absent: written whatever is there. A changed revision is a `conflict` and the use case
 * is run again on fresh configuration.
 */
export type PutSetting = {
  kind: "put_setting";
  mountId: string;
  setting: string;
  key: string;
  body: JsonObject;
  /** Kept sealed; undefined leaves what is stored, null removes it. */
  secret?: Secret | null;
  revision?: number;
};

export type DeleteSetting = {
  kind: "delete_setting";
  mountId: string;
  setting: string;
  /** Undefined: all of this kind. */
  key?: string;
};

export type PutPolicy = { kind: "put_policy"; name: string; text: string };
export type DeletePolicy = { kind: "delete_policy"; name: string };

export type EnableMount = { kind: "enable_mount"; mount: Mount; refused: EngineError };
export type ChangeMount = {
  kind: "change_mount";
  mountId: string;
  config?: MountConfig;
  description?: string;
  options?: Record<string, string> | null;
  path?: string;
  tainted?: boolean;
};
/** Forgets the mount, its settings, its entity aliases, and revokes the tokens it issued. */
export type RemoveMount = {
  kind: "remove_mount";
  mountId: string;
  /** Thrown while an intent or a lease of the mount is open; the mount is usable again then. */
  refused: EngineError;
};

export type ReplayMark = { mountId: string; roleId: string; mac: string; windowSeconds: number };
export type GrantToken = {
  kind: "grant_token";
  grant: TokenGrant;
  replayMark?: ReplayMark;
  /** Thrown when the parent is gone, the id is taken, or the replay mark is there already. */
  refused: EngineError;
};
/** A signed request was used by a login that leaves no row of a token: a batch token's. */
export type MarkReplay = { kind: "mark_replay"; mark: ReplayMark; refused: EngineError };
export type RenewToken = {
  kind: "renew_token";
  hmac: string;
  ttlSeconds: number;
  periodSeconds?: number;
  explicitMaxTtlSeconds?: number;
  refused: EngineError;
};
/** Ends tokens with all that hangs on them: children, cubbyholes; their leases become due now. */
export type RevokeTokens = {
  kind: "revoke_tokens";
  hmacs: readonly string[];
  /** Children live on as orphans. */
  orphanChildren: boolean;
  reason: "revoked" | "expired" | "used_up";
  /** Thrown when one of them is gone already; without it, those that are left end. */
  refused?: EngineError;
};
export type SpendTokenUse = { kind: "spend_token_use"; hmac: string; refused: EngineError };

/** Something may come to exist at AWS that has to be undone if no lease follows. */
export type OpenIntent = {
  kind: "open_intent";
  id: string;
  mountId: string;
  rootVersion: number;
  account: string | null;
  userName: string;
  handle: JsonObject;
  requestId: string;
  fence: string;
};
export type CloseIntent = { kind: "close_intent"; id: string; fence: string; refused: EngineError };

export type IssueLease = {
  kind: "issue_lease";
  lease: LeaseGrant;
  intent: { id: string; fence: string } | null;
  /** Thrown when the owner token or the intent is gone. */
  refused: EngineError;
};
export type RenewLease = {
  kind: "renew_lease";
  id: string;
  ttlSeconds: number;
  refused: EngineError;
};
/** Takes a lease for one attempt at revocation; the fence decides who may finish it. */
export type ClaimLease = {
  kind: "claim_lease";
  id: string;
  fence: string;
  refused: EngineError;
};
/** The credential of a claimed lease works no more: what it leaves behind is cleared away later. */
export type KeyOff = { kind: "key_off"; id: string; fence: string; refused: EngineError };
export type EndLease = {
  kind: "end_lease";
  id: string;
  /** Null: whoever holds it (nothing to undo outside, or forced). */
  fence: string | null;
  outcome: "revoked" | "expired" | "forced";
  /** Thrown when the lease has ended already, or somebody else holds it; without it, that is as good. */
  refused?: EngineError;
};
export type RetryLease = {
  kind: "retry_lease";
  id: string;
  fence: string;
  error: string;
  delaySeconds: number;
  /** Counted attempts go on; the explicit revoke of an active lease leaves its timer untouched. */
  keepTimer: boolean;
  irrevocable: boolean;
};
/** Makes leases due now: by id, or all below a prefix; many are worked off in the background. */
export type DueLeases = { kind: "due_leases"; ids?: readonly string[]; prefix?: string };

export type PutCubbyhole = {
  kind: "put_cubbyhole";
  tokenHmac: string;
  path: string;
  value: Secret;
};
export type DeleteCubbyhole = { kind: "delete_cubbyhole"; tokenHmac: string; path: string };

export type DeleteEntity = { kind: "delete_entity"; entityId: string };

/** A new secret id of a role that still exists; an expired one of the same value gives way. */
export type PutSecretId = {
  kind: "put_secret_id";
  mountId: string;
  role: string;
  hmac: string;
  accessor: string;
  /** 0 = unlimited. */
  numUses: number;
  /** 0 = never expires. */
  ttlSeconds: number;
  cidrs: readonly string[];
  tokenBoundCidrs: readonly string[];
  metadata: Record<string, string>;
  /** Thrown when the role has one of this value, or is gone. */
  refused: EngineError;
};
export type DeleteSecretId = {
  kind: "delete_secret_id";
  mountId: string;
  role: string;
  hmac: string;
};
export type DeleteSecretIds = {
  kind: "delete_secret_ids";
  mountId: string;
  /** Undefined: of all roles. */
  role?: string;
  expiredOnly: boolean;
};

/** One use of an AppRole secret id, together with the login that spends it. */
export type SpendSecretId = {
  kind: "spend_secret_id";
  mountId: string;
  role: string;
  hmac: string;
  refused: EngineError;
};

export type PutAuditDevice = {
  kind: "put_audit_device";
  path: string;
  type: string;
  description: string;
  local: boolean;
  options: Record<string, string>;
  salt: Secret;
  refused: EngineError;
};
export type RemoveAuditDevice = { kind: "remove_audit_device"; path: string };

/** A new key that seals from now on. */
export type AddDataKey = { kind: "add_data_key"; id: string; wrapped: Buffer };
/** While it is sealed, no instance serves anything or has a key in memory. */
export type SetSealed = { kind: "set_sealed"; sealed: boolean };

/** Counts one failed login; the count that reaches the threshold locks the alias. */
export type RecordLoginFailure = {
  kind: "record_login_failure";
  mountAccessor: string;
  alias: string;
  threshold: number;
  resetSeconds: number;
  lockSeconds: number;
};
/** A session of the console, under a token that lives. */
export type PutConsoleSession = {
  kind: "put_console_session";
  session: ConsoleSessionGrant;
  /** Thrown when the token is gone. */
  refused: EngineError;
};
export type EndConsoleSessions = { kind: "end_console_sessions"; ids: readonly string[] };

/** Does not apply to an alias that was locked meanwhile, unless it is an operator who unlocks it. */
export type ClearLoginFailures = {
  kind: "clear_login_failures";
  mountAccessor: string;
  alias: string;
  unlock: boolean;
};
