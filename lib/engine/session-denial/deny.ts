import { accountOfArn } from "@/lib/engine/aws-secrets/arn";
import { rootOfVersion } from "@/lib/engine/aws-secrets/root-config";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import { EngineError } from "@/lib/engine/errors";
import type { Lease } from "@/lib/engine/lease/lease";
import type { Ports } from "@/lib/engine/ports";
import { revocationConfigOf } from "@/lib/engine/session-denial/config";
import type { SessionDenial, StoredDenial } from "@/lib/engine/session-denial/denial";

/** A session that ends by itself so soon is left alone. */
const LEFT_ALONE_SECONDS = 60;
const BUDGET_SECONDS = 30;

/**
 * Makes the AWS session of a lease useless, where its mount wants that: asks for its denial and waits
 * until AWS has taken it. Whether it counts everywhere yet is another matter: AWS takes minutes.
 *
 * @throws EngineError `aws_failed` with the cause: the session may still work.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html
 */
export async function denySession(
  ports: Ports,
  config: ConfigSnapshot,
  lease: Lease,
): Promise<void> {
  const { mode } = await revocationConfigOf(config, lease.mountId);
  if (mode === "off" || lease.kind === "session_token" || endsSoon(ports, lease)) return;
  const known = await ports.denials.ofLease(lease.id);
  if (known !== null && isDone(known)) return;
  const denial = await denialOf(ports, config, lease);
  await ports.commit([{ kind: "ask_denial", denial, rootVersion: lease.rootVersion }], {
    name: "session.denial_asked",
    path: lease.id.slice(0, lease.id.lastIndexOf("/")),
    leaseId: lease.id,
    detail: { container: denial.container, aws_userid: denial.awsUserId },
  });
  await ports.denials.apply(denial.container);
  const now = await ports.denials.ofLease(lease.id);
  if (now === null || !isDone(now)) {
    throw new EngineError("aws_failed", now?.error ?? "the session could not be denied at AWS yet");
  }
}

function endsSoon(ports: Ports, { awsEndsAt }: Lease): boolean {
  if (awsEndsAt === null) return true;
  return awsEndsAt.getTime() - ports.clock.now().getTime() <= LEFT_ALONE_SECONDS * 1000;
}

function isDone({ state }: StoredDenial): boolean {
  return state === "applied" || state === "verified" || state === "moot";
}

async function denialOf(
  ports: Ports,
  config: ConfigSnapshot,
  lease: Lease,
): Promise<SessionDenial> {
  const { awsUserId, roleArn, isUniqueName, sessionIssuedAt } = lease.handle;
  if (typeof awsUserId !== "string") {
    throw new EngineError(
      "aws_failed",
      "AWS did not tell the id of this session when it was issued",
    );
  }
  const isRole = lease.kind === "assumed_role" && typeof roleArn === "string";
  return {
    leaseId: lease.id,
    mountId: lease.mountId,
    container: isRole ? roleArn : await issuingUser(ports, config, lease),
    awsUserId,
    isUnique: isUniqueName === true,
    issuedAt: typeof sessionIssuedAt === "string" ? new Date(sessionIssuedAt) : lease.issuedAt,
    expiresAt: lease.awsEndsAt ?? lease.expiresAt,
  };
}

/** The IAM user whose key made a federated session: its rights are what the session is cut from. */
async function issuingUser(ports: Ports, config: ConfigSnapshot, lease: Lease): Promise<string> {
  const root = await rootOfVersion(config, lease.mountId, lease.rootVersion ?? 0);
  if (root === null) {
    throw new EngineError("aws_failed", "the credential that issued this session is gone");
  }
  const user = await ports.awsSecrets.iam.getUser(
    { root, deadline: ports.deadlineIn(BUDGET_SECONDS) },
    null,
  );
  if (user.userName === null || accountOfArn(user.arn) !== lease.account) {
    throw new EngineError("aws_failed", "the session was issued by no IAM user of this account");
  }
  return user.arn;
}
