import type { Decision } from "@/lib/engine/answer";
import { awsError } from "@/lib/engine/aws-failure";
import { accountOfArn } from "@/lib/engine/aws-secrets/arn";
import type { CredentialType } from "@/lib/engine/aws-secrets/credential-type";
import { sessionPolicies } from "@/lib/engine/aws-secrets/group-policies";
import { type IssueContext, leaseRefused, newLease } from "@/lib/engine/aws-secrets/issue-context";
import type { AwsSession } from "@/lib/engine/aws-secrets/ports";
import {
  DEFAULT_USERNAME_TEMPLATE,
  requireWholeKeyPair,
  stsTargets,
} from "@/lib/engine/aws-secrets/root-config";
import {
  federationName,
  type NameSource,
  requestedSessionName,
  userName,
} from "@/lib/engine/aws-secrets/user-name";
import { formatDurationShort } from "@/lib/engine/duration";
import { invalidRequest } from "@/lib/engine/errors";
import { goQuote } from "@/lib/engine/go-quote";
import type { JsonObject } from "@/lib/engine/json";
import { mountTtls } from "@/lib/engine/mount/ttl";
import { callerOf } from "@/lib/engine/scope";
import { revocationConfigOf } from "@/lib/engine/session-denial/config";
import { noteRefusal, refuseOverLimit } from "@/lib/engine/validator/before-issuing";

/**
 * A session of one of the role's IAM roles.
 *
 * @throws EngineError `invalid_request`, `aws_failed`, `aws_throttled`
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export async function issueAssumedRole(context: IssueContext): Promise<Decision> {
  const { ports, scope, role, input, access } = context;
  const roleArn = chosenRoleArn(context);
  requireSts(context);
  const sessionName = input.sessionName
    ? requestedSessionName(input.sessionName)
    : userName(ports, nameSource(context));
  await refuseOverLimit(context, roleArn);

  await scope.begin([]);
  const policies = await sessionPolicies(ports.awsSecrets, access, role);
  const asked = askSts("Error assuming role: ", () =>
    ports.awsSecrets.sts.assumeRole(access, {
      ...policies,
      roleArn,
      sessionName,
      durationSeconds: context.durationSeconds,
      tags: role.sessionTags ?? {},
      externalId: role.externalId,
    }),
  );
  const session = await asked.catch(async (error: unknown) => {
    await noteRefusal(context, roleArn, error);
    throw error;
  });
  return leased(context, session, "assumed_role", {
    roleArn,
    sessionName,
    isUniqueName: !input.sessionName && isRandomName(context),
  });
}

/**
 * A federated session of the root credential's IAM user, narrowed by the role's policies.
 *
 * @throws EngineError `invalid_request`, `aws_failed`, `aws_throttled`
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
 */
export async function issueFederationToken(context: IssueContext): Promise<Decision> {
  const { ports, scope, role, access } = context;
  requireSts(context);
  const name = federationName(ports, nameSource(context));

  await scope.begin([]);
  const policies = await sessionPolicies(ports.awsSecrets, access, role);
  // Without a policy AWS would hand out a session that may do nothing at all.
  if (policies.policyDocument === "" && policies.policyArns.length === 0) {
    throw invalidRequest(
      "must specify at least one of policy_arns or policy_document with federation_token credential_type",
    );
  }
  const session = await askSts("Error generating STS keys: ", () =>
    ports.awsSecrets.sts.getFederationToken(access, {
      ...policies,
      name,
      durationSeconds: context.durationSeconds,
    }),
  );
  return leased(context, session, "federation_token", {
    sessionName: name,
    isUniqueName: isRandomName(context),
  });
}

/**
 * A session with all rights of the root credential's IAM user.
 *
 * @throws EngineError `invalid_request`, `aws_failed`, `aws_throttled`
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
 */
export async function issueSessionToken(context: IssueContext): Promise<Decision> {
  const { ports, scope, role, input, access } = context;
  requireSts(context);

  await scope.begin([]);
  const session = await askSts("Error generating STS keys: ", () =>
    ports.awsSecrets.sts.getSessionToken(access, {
      durationSeconds: context.durationSeconds,
      serialNumber: role.mfaSerialNumber,
      tokenCode: input.mfaCode ?? "",
    }),
  );
  return leased(context, session, "session_token", {});
}

function chosenRoleArn({ role, input }: IssueContext): string {
  const allowed = role.roleArns ?? [];
  const [only] = allowed;
  if (!input.roleArn) {
    if (only === undefined || allowed.length > 1) {
      throw invalidRequest("did not supply a role_arn parameter and unable to determine one");
    }
    return only;
  }
  if (!allowed.includes(input.roleArn)) {
    throw invalidRequest(
      `role_arn ${goQuote(input.roleArn)} not in allowed role arns for Vault role ${goQuote(input.role)}`,
    );
  }
  return input.roleArn;
}

function requireSts({ root }: IssueContext): void {
  requireWholeKeyPair(root);
  stsTargets(root);
}

function nameSource({ scope, root, input }: IssueContext): NameSource {
  return {
    config: scope.config,
    root,
    displayName: callerOf(scope).token.displayName,
    roleName: input.role,
  };
}

/** Names of our own template end in characters that nobody could guess; of others nothing is known. */
function isRandomName({ root }: IssueContext): boolean {
  return root.usernameTemplate === "" || root.usernameTemplate === DEFAULT_USERNAME_TEMPLATE;
}

async function askSts(prefix: string, call: () => Promise<AwsSession>): Promise<AwsSession> {
  try {
    return await call();
  } catch (error) {
    throw awsError(prefix, error);
  }
}

/** AWS ends these credentials itself; the lease is never renewed. Before that they can be denied. */
async function leased(
  context: IssueContext,
  session: AwsSession,
  type: CredentialType,
  handle: JsonObject,
): Promise<Decision> {
  const { scope, durationSeconds } = context;
  const { mode } = await revocationConfigOf(scope.config, scope.mount.id);
  const lifeSeconds = lifeOf(context, session);
  const { mountMaxSeconds } = mountTtls(context.scope.mount, context.ports.limits);
  const lease = newLease(context, {
    kind: type,
    account: accountOfArn(session.arn),
    accessKeyId: session.accessKey,
    handle: {
      ...handle,
      awsUserId: session.subjectId,
      sessionIssuedAt: new Date(session.expiresAt.getTime() - durationSeconds * 1000).toISOString(),
    },
    needsUndo: mode === "deny_session" && type !== "session_token",
    renewable: false,
    ttlSeconds: Math.min(lifeSeconds, mountMaxSeconds),
    awsTtlSeconds: lifeSeconds,
  });
  return {
    answer: {
      data: {
        access_key: session.accessKey,
        secret_key: session.secretKey,
        security_token: session.sessionToken,
        session_token: session.sessionToken,
        ...(type === "assumed_role" && { arn: session.arn }),
        ttl: Math.floor(lifeSeconds),
      },
      lease: { id: lease.id, ttlSeconds: lease.ttlSeconds, renewable: false },
      warnings: lifeSeconds > mountMaxSeconds ? [cappedText(lifeSeconds, mountMaxSeconds)] : [],
    },
    effects: [{ kind: "issue_lease", lease, intent: null, refused: leaseRefused() }],
  };
}

/** By AWS's word and our clock, but never longer than asked for: our clock may be behind AWS's. */
function lifeOf({ ports, durationSeconds }: IssueContext, session: AwsSession): number {
  const left = (session.expiresAt.getTime() - ports.clock.now().getTime()) / 1000;
  return Math.max(0, Math.min(left, durationSeconds));
}

function cappedText(seconds: number, maxSeconds: number): string {
  return `TTL of "${formatDurationShort(seconds)}" exceeded the effective max_ttl of "${formatDurationShort(maxSeconds)}"; TTL value is capped accordingly`;
}
