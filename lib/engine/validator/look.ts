import { isAwsFailure } from "@/lib/engine/aws-failure";
import { awsAccountOf } from "@/lib/engine/aws-secrets/accounts";
import { accountOfArn } from "@/lib/engine/aws-secrets/arn";
import type { AwsAccess, AwsSession } from "@/lib/engine/aws-secrets/ports";
import type { SecretsRole } from "@/lib/engine/aws-secrets/role";
import { currentRoot, noRoot, requireWholeKeyPair } from "@/lib/engine/aws-secrets/root-config";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import { isEngineError } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";
import { probeTerms } from "@/lib/engine/validator/evaluate";
import { type Fact, type Look, MISSING, NO_READER, type Probe } from "@/lib/engine/validator/fact";
import type { FoundRole } from "@/lib/engine/validator/ports";
import { identityArn, type Principal, principalOf } from "@/lib/engine/validator/principal";
import { evaluateTrust } from "@/lib/engine/validator/trust";

const BUDGET_SECONDS = 20;
const READER_SECONDS = 900;
const READER_NAME = "leasehold-validator";
const PROBE_NAME_CHARS = 8;
const PROBE_SECONDS_MIN = 900;
const PROBE_SECONDS_MAX = 43_200;
/** At most one session an hour is made to find something out about a target. */
const PROBE_REST_MS = 3_600_000;

/** A session under it may do nothing at all. */
const DENY_ALL = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Deny", Action: "*", Resource: "*" }],
});

/** A role that hands out sessions of a target, and what it asks for when nobody names a TTL. */
export type Asker = { role: SecretsRole; defaultSeconds: number };

export type Looker = {
  ports: Ports;
  config: ConfigSnapshot;
  mountId: string;
  access: AwsAccess;
  principal: Principal;
};

/**
 * Asks STS who the mount works as.
 *
 * @throws EngineError, AwsFailure
 */
export async function looker(
  ports: Ports,
  config: ConfigSnapshot,
  mountId: string,
): Promise<Looker> {
  const root = (await currentRoot(config, mountId)) ?? noRoot(mountId);
  requireWholeKeyPair(root);
  const access = { root, deadline: ports.deadlineIn(BUDGET_SECONDS) };
  const arn = await ports.validator.aws.caller(access);
  return { ports, config, mountId, access, principal: principalOf(arn, root.accessKey) };
}

/** What a failure to learn who the mount is means for a fact. */
export function failedLook(fact: Fact, error: unknown): Look {
  const { code, text } = failureOf(error);
  return { ...fact, isRead: false, errorCode: code, errorText: text };
}

export function principalLook(fact: Fact, { principal }: Looker): Look {
  const { arn, isTemporary } = principal;
  return {
    ...fact,
    isRead: true,
    principalArn: arn,
    isTemporary,
    errorCode: null,
    errorText: null,
  };
}

/** Everything that AWS tells of one target. What it does not tell is no failure of ours. */
export async function lookAt(
  looking: Looker,
  fact: Fact,
  { asker, probe }: { asker: Asker | null; probe: boolean },
): Promise<Look> {
  const fresh: Looker = {
    ...looking,
    access: { ...looking.access, deadline: looking.ports.deadlineIn(BUDGET_SECONDS) },
  };
  const { arn: principalArn, isTemporary } = fresh.principal;
  const base = { ...fact, principalArn, isTemporary };
  const read = await readTarget(fresh, base, asker);
  const isProven =
    read.errorCode === MISSING || (read.errorCode === null && read.identitySide !== "unknown");
  if (!probe || asker === null || isProven) return read;
  return { ...read, probe: await probed(fresh, fact, asker) };
}

async function readTarget(looking: Looker, fact: Fact, asker: Asker | null): Promise<Look> {
  const account = accountOfArn(fact.targetArn) ?? "";
  try {
    const access = await readerAccess(looking, account, fact.targetArn);
    if (access === null) {
      const errorText = `no reader is configured for account ${account}`;
      return { ...fact, ...NOTHING, isRead: false, errorCode: NO_READER, errorText };
    }
    await looking.ports.validator.aws.turn(account);
    const name = fact.targetArn.split("/").at(-1) ?? "";
    const found = await looking.ports.validator.aws.getRole(access, name);
    return {
      ...fact,
      isRead: true,
      maxSessionSeconds: found.maxSessionSeconds,
      roleId: found.roleId,
      foundArn: found.arn,
      trustPolicy: found.trustPolicy,
      identitySide: await identitySide(looking, fact.targetArn, { found, asker }),
      errorCode: null,
      errorText: null,
    };
  } catch (error) {
    const { code, text } = failureOf(error);
    // A role that is gone, or that we may not look at any longer, is not what it was.
    const isOver = code === MISSING || code === "AccessDenied";
    return { ...fact, ...(isOver && NOTHING), isRead: false, errorCode: code, errorText: text };
  }
}

const NOTHING = {
  maxSessionSeconds: null,
  roleId: null,
  foundArn: null,
  trustPolicy: null,
  identitySide: null,
} as const;

/** IAM reads the caller's own account only; elsewhere a reader is assumed. Null: there is none. */
async function readerAccess(
  { ports, config, mountId, access, principal }: Looker,
  account: string,
  targetArn: string,
): Promise<AwsAccess | null> {
  if (account === principal.account) return access;
  const reader = (await awsAccountOf(config, mountId, account))?.reader;
  if (reader === undefined || reader.roleArn === "") return null;
  const statement = { Effect: "Allow", Action: "iam:GetRole", Resource: targetArn };
  const session: AwsSession = await ports.validator.aws.assumeRole(access, {
    roleArn: reader.roleArn,
    sessionName: READER_NAME,
    durationSeconds: READER_SECONDS,
    policyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
    policyArns: [],
    tags: {},
    externalId: reader.externalId,
  });
  const { accessKey, secretKey, sessionToken } = session;
  return { ...access, assumed: { accessKey, secretKey, sessionToken } };
}

/** What AWS says of our principal's own policies, where the trust policy leaves it to them. */
async function identitySide(
  { ports, access, principal }: Looker,
  targetArn: string,
  { found, asker }: { found: FoundRole; asker: Asker | null },
): Promise<Fact["identitySide"]> {
  if (principal.kind !== "user" && principal.kind !== "assumed-role") return "unknown";
  const verdict = evaluateTrust(found.trustPolicy, {
    principal,
    externalId: asker?.role.externalId ?? "",
    sessionTags: asker?.role.sessionTags ?? {},
    sessionNamePrefix: "",
  });
  const isOwnAccount = accountOfArn(targetArn) === principal.account;
  if (verdict === null || (isOwnAccount && !verdict.isDelegated)) return null;
  try {
    await ports.validator.aws.turn(principal.account);
    const source = identityArn(principal);
    return (await ports.validator.aws.mayAssume(access, source, targetArn)) ? "allowed" : "denied";
  } catch (error) {
    failureOf(error);
    return "unknown";
  }
}

/** Assumes the target with a session that may do nothing, and throws it away. */
async function probed(
  { ports, access }: Looker,
  fact: Fact,
  { role, defaultSeconds }: Asker,
): Promise<Probe> {
  const now = ports.clock.now();
  const last = fact.probe;
  if (last !== null && now.getTime() - Date.parse(last.at) < PROBE_REST_MS) return last;
  const seconds = Math.min(PROBE_SECONDS_MAX, Math.max(PROBE_SECONDS_MIN, defaultSeconds));
  const told = { seconds, terms: probeTerms(role), at: now.toISOString() };
  try {
    await ports.validator.aws.assumeRole(access, {
      roleArn: fact.targetArn,
      sessionName: `vault-preflight-${ports.random.base62(PROBE_NAME_CHARS)}`,
      durationSeconds: seconds,
      policyDocument: DENY_ALL,
      policyArns: [],
      tags: role.sessionTags ?? {},
      externalId: role.externalId,
    });
    return { ...told, outcome: "granted", text: "" };
  } catch (error) {
    const { code, text } = failureOf(error);
    return { ...told, outcome: outcomeOf(code, text), text };
  }
}

function outcomeOf(code: string, text: string): Probe["outcome"] {
  if (text.includes("MaxSessionDuration")) return "over_limit";
  if (text.includes("1 hour session limit")) return "chained";
  return code === "AccessDenied" ? "denied" : "failed";
}

/** What AWS, or our configuration, did not let us do. Everything else is thrown on. */
function failureOf(error: unknown): { code: string; text: string } {
  if (isAwsFailure(error)) {
    const { code, throttled } = error.facts;
    return { code: throttled ? "Throttling" : code, text: error.message };
  }
  if (isEngineError(error)) return { code: error.kind, text: error.message };
  throw error;
}
