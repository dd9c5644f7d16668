import type { AwsAccess } from "@/lib/engine/aws-secrets/ports";
import type { SecretsRole } from "@/lib/engine/aws-secrets/role";
import type { RootCredential } from "@/lib/engine/aws-secrets/root-config";
import { EngineError } from "@/lib/engine/errors";
import type { JsonObject } from "@/lib/engine/json";
import type { LeaseGrant } from "@/lib/engine/lease/lease";
import type { Ports } from "@/lib/engine/ports";
import { callerOf, type RequestScope } from "@/lib/engine/scope";

const LEASE_ID_LENGTH = 24;

/** What a caller may ask of `creds/` and `sts/`; undefined: not supplied. */
export type IssueInput = {
  via: "creds" | "sts";
  role: string;
  roleArn?: string | undefined;
  sessionName?: string | undefined;
  ttlSeconds?: number | undefined;
  mfaCode?: string | undefined;
};

/** All that the four ways of issuing share. */
export type IssueContext = {
  ports: Ports;
  scope: RequestScope;
  input: IssueInput;
  role: SecretsRole;
  root: RootCredential;
  access: AwsAccess;
  /** Asked of AWS for STS credentials. */
  durationSeconds: number;
};

/** What differs between the leases of the four types. */
type LeaseTerms = {
  kind: string;
  account: string | null;
  accessKeyId: string;
  handle: JsonObject;
  needsUndo: boolean;
  renewable: boolean;
  ttlSeconds: number;
  awsTtlSeconds: number | null;
};

/** The lease of a new credential; a batch token's lease ends with the token, whatever its terms say. */
export function newLease(context: IssueContext, terms: LeaseTerms): LeaseGrant {
  const { ports, scope, input, root } = context;
  const { token } = callerOf(scope);
  const isBatch = token.kind === "batch";
  const ownerLeft = isBatch ? (token.remainingSeconds ?? Infinity) : Infinity;
  return {
    ...terms,
    id: `${scope.path}/${ports.random.base62(LEASE_ID_LENGTH)}`,
    mountId: scope.mount.id,
    role: input.role,
    tokenHmac: isBatch ? token.parentHmac : token.hmac,
    ownerExpiresAt: isBatch ? token.expiresAt : null,
    holder: {
      displayName: token.displayName,
      accessor: token.accessor,
      entityId: token.entityId,
      principal: token.renewal?.["clientArn"] ?? null,
    },
    rootVersion: root.version,
    ttlSeconds: Math.max(0, Math.floor(Math.min(terms.ttlSeconds, ownerLeft))),
  };
}

/** Answered when the token, or the right to finish, went away while AWS was working. */
export function leaseRefused(): EngineError {
  return new EngineError(
    "unavailable",
    "the lease could not be registered; the credential is being revoked",
  );
}
