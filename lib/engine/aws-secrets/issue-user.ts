import type { Decision } from "@/lib/engine/answer";
import { awsError, isAwsFailure } from "@/lib/engine/aws-failure";
import { accountOfArn } from "@/lib/engine/aws-secrets/arn";
import { type IssueContext, leaseRefused, newLease } from "@/lib/engine/aws-secrets/issue-context";
import { userLeaseTerms } from "@/lib/engine/aws-secrets/lease-config";
import type { IamUser, NewAccessKey } from "@/lib/engine/aws-secrets/ports";
import { requireWholeKeyPair } from "@/lib/engine/aws-secrets/root-config";
import { userHandleToJson } from "@/lib/engine/aws-secrets/user-handle";
import { userName } from "@/lib/engine/aws-secrets/user-name";
import { EngineError } from "@/lib/engine/errors";
import { type GrantedTtl, grantTtl } from "@/lib/engine/lease/ttl";
import { mountTtls } from "@/lib/engine/mount/ttl";
import { callerOf } from "@/lib/engine/scope";

/** IAM tells creation times in whole seconds. */
const IAM_TIME_STEP_MS = 1000;

type Intent = { id: string; fence: string };

/**
 * A new IAM user with the role's policies, groups and tags, and its access key. What may come to exist
 * is written down first; when a later step fails, whoever works off the open intents removes it.
 *
 * @throws EngineError `invalid_request`, `aws_failed`, `aws_throttled`
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html
 */
export async function issueUser(context: IssueContext): Promise<Decision> {
  const { ports, scope, role, root } = context;
  requireWholeKeyPair(root);
  const name = userName(ports, {
    config: scope.config,
    root,
    displayName: callerOf(scope).token.displayName,
    roleName: context.input.role,
  });
  const { ttlSeconds, warnings } = await leaseTtl(context);
  const handle = userHandleToJson({
    userName: name,
    policyName: context.input.role,
    groups: role.iamGroups ?? [],
  });
  const intent: Intent = { id: ports.random.uuid(), fence: ports.random.uuid() };

  await scope.begin([
    {
      ...intent,
      kind: "open_intent",
      mountId: scope.mount.id,
      rootVersion: root.version,
      account: null,
      userName: name,
      handle,
      requestId: scope.requestId,
    },
  ]);
  const user = await createUser(context, name, intent);
  await equipUser(context, name);
  const key = await createAccessKey(context, name);

  const lease = newLease(context, {
    kind: "iam_user",
    account: accountOfArn(user.arn),
    accessKeyId: key.accessKey,
    handle,
    needsUndo: true,
    renewable: true,
    ttlSeconds,
    awsTtlSeconds: null,
  });
  return {
    answer: {
      data: {
        access_key: key.accessKey,
        secret_key: key.secretKey,
        security_token: null,
        session_token: null,
      },
      lease: { id: lease.id, ttlSeconds: lease.ttlSeconds, renewable: true },
      warnings,
    },
    effects: [{ kind: "issue_lease", lease, intent, refused: leaseRefused() }],
  };
}

async function leaseTtl({ ports, scope }: IssueContext): Promise<GrantedTtl> {
  return grantTtl({
    ...(await userLeaseTerms(scope.config, scope.mount.id)),
    ...mountTtls(scope.mount, ports.limits),
    incrementSeconds: 0,
    periodSeconds: 0,
    explicitMaxTtlSeconds: 0,
    ageSeconds: 0,
  });
}

async function createUser(context: IssueContext, name: string, intent: Intent): Promise<IamUser> {
  const { ports, role, access } = context;
  try {
    return await ports.awsSecrets.iam.createUser(access, {
      userName: name,
      path: role.userPath === "" ? "/" : role.userPath,
      permissionsBoundaryArn: role.permissionsBoundaryArn,
    });
  } catch (error) {
    if (!(await mayHaveCreated(context, name, error))) await closeIntent(context, name, intent);
    throw awsError("Error creating IAM user: ", error);
  }
}

/**
 * Whether a user of ours may exist after a failed creation. A name that is taken belongs to somebody
 * else, and must never be removed, unless an earlier attempt of this very request got no answer.
 */
async function mayHaveCreated(
  { ports, access }: IssueContext,
  name: string,
  error: unknown,
): Promise<boolean> {
  if (!isAwsFailure(error) || !error.facts.outcomeUnknown) return false;
  if (error.facts.code !== "EntityAlreadyExists") return true;
  try {
    const { createdAt } = await ports.awsSecrets.iam.getUser(access, name);
    const firstAttempt = error.facts.firstAttemptAt?.getTime() ?? 0;
    return createdAt === null || createdAt.getTime() + IAM_TIME_STEP_MS > firstAttempt;
  } catch {
    return true;
  }
}

async function closeIntent(context: IssueContext, name: string, intent: Intent): Promise<void> {
  try {
    await context.ports.commit(
      [
        {
          ...intent,
          kind: "close_intent",
          refused: new EngineError("unavailable", "the intent was taken over"),
        },
      ],
      {
        name: "intent.close",
        path: context.scope.path,
        detail: { userName: name, reason: "AWS refused to create the user" },
      },
    );
  } catch (error) {
    throw new EngineError("internal", "failed to delete WAL entry", { cause: error });
  }
}

async function equipUser(
  { ports, role, input, access }: IssueContext,
  name: string,
): Promise<void> {
  const { iam } = ports.awsSecrets;
  for (const policyArn of role.policyArns ?? []) {
    await step("Error attaching user policy: ", iam.attachUserPolicy(access, name, policyArn));
  }
  if (role.policyDocument !== "") {
    const policy = { name: input.role, document: role.policyDocument };
    await step("Error putting user policy: ", iam.putUserPolicy(access, name, policy));
  }
  for (const group of role.iamGroups ?? []) {
    await step("Error adding user to group: ", iam.addUserToGroup(access, name, group));
  }
  const tags = role.iamTags ?? {};
  if (Object.keys(tags).length > 0) {
    await step("Error adding tags to user: ", iam.tagUser(access, name, tags));
  }
}

async function createAccessKey(
  { ports, access }: IssueContext,
  name: string,
): Promise<NewAccessKey> {
  const { iam } = ports.awsSecrets;
  const prefix = "Error creating access keys: ";
  const key = await step(prefix, iam.createAccessKey(access, name));
  if (!key.repeatedBlindly) return key;
  // An answer was lost: a key may exist whose secret nobody has.
  for (const other of await step(prefix, iam.listAccessKeys(access, name))) {
    if (other.accessKey === key.accessKey) continue;
    await step(prefix, iam.deleteAccessKey(access, name, other.accessKey));
  }
  return key;
}

async function step<T>(prefix: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw awsError(prefix, error);
  }
}
