import type { JsonObject } from "@/lib/engine/json";

/** A credential that was handed out and has to end. Never holds the issued secret. */
export type Lease = {
  /** Request path + `/` + 24 × `[A-Za-z0-9]`. */
  id: string;
  mountId: string;
  /** Name of the role it was issued from. */
  role: string;
  /** The engine's word for what was issued: `iam_user`, `assumed_role`, … */
  kind: string;
  /** Owner; null when a batch token without parent holds it. */
  tokenHmac: string | null;
  /** The owner is a batch token, which the lease may not outlive. */
  ownerExpiresAt: Date | null;
  /** Snapshot for people: display name, accessor, entity id of who drew it. */
  holder: JsonObject;
  /** AWS account, and which version of the mount's root credential made it. */
  account: string | null;
  rootVersion: number | null;
  accessKeyId: string | null;
  /** What the engine needs to undo it (user name, role ARN, session name …). */
  handle: JsonObject;
  /** False when there is nothing to undo outside (STS credentials). */
  needsUndo: boolean;
  renewable: boolean;
  issuedAt: Date;
  expiresAt: Date;
  /** When AWS itself ends the credential; null: it does not. */
  awsEndsAt: Date | null;
  lastRenewedAt: Date | null;
  /** By the database's clock, at the time of reading. */
  remainingSeconds: number;
  ageSeconds: number;
  attempts: number;
  lastError: string | null;
  irrevocableAt: Date | null;
  /** Somebody asked for its end before its time. */
  revokedAt: Date | null;
};

/** A lease about to exist. */
export type LeaseGrant = {
  id: string;
  mountId: string;
  role: string;
  kind: string;
  tokenHmac: string | null;
  ownerExpiresAt: Date | null;
  holder: JsonObject;
  account: string | null;
  rootVersion: number | null;
  accessKeyId: string | null;
  handle: JsonObject;
  needsUndo: boolean;
  renewable: boolean;
  ttlSeconds: number;
  /** When AWS itself ends the credential, if it does. */
  awsTtlSeconds: number | null;
};
