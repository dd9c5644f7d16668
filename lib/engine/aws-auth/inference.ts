import {
  checkInstanceBounds,
  verifyRunningInstance,
  type VerifiedInstance,
} from "@/lib/engine/aws-auth/instance";
import type { Principal } from "@/lib/engine/aws-auth/principal";
import type { AwsAuthRole } from "@/lib/engine/aws-auth/role";
import { EngineError, isEngineError } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";

/** The instance that a session is taken to run on, because its session name says so. */
export type InferredInstance = { instanceId: string; hostname: string; region: string };

/**
 * Takes the session name of an assumed role for an instance id, and checks that instance. Whoever may
 * assume the role can choose the session name, so this proves that the instance exists, runs and
 * meets the bounds, and no more.
 *
 * @throws EngineError `invalid_request`, `aws_failed`, `aws_throttled`
 * @see https://developer.hashicorp.com/vault/docs/auth/aws#inferencing
 */
export async function inferInstance(
  ports: Ports,
  scope: RequestScope,
  role: AwsAuthRole,
  principal: Principal,
): Promise<InferredInstance> {
  const region = role.inferredAwsRegion;
  const instanceId = principal.session;
  const verified = await prefixed(
    `failed to verify ${instanceId} as a valid EC2 instance in region ${region}: `,
    verifyRunningInstance(ports, {
      config: scope.config,
      mountId: scope.mount.id,
      partition: principal.partition,
      account: principal.account,
      region,
      instanceId,
    }),
  );
  await prefixed("error validating instance: ", checkInstanceBounds(ports, role, verified));
  return { instanceId, hostname: verified.description.privateDnsName, region };
}

/**
 * At renewal: the instance recorded at login must still run. Its bounds are not looked at again.
 *
 * @throws EngineError `invalid_request`, `aws_failed`, `aws_throttled`
 */
export function requireStillRunning(
  ports: Ports,
  question: Parameters<typeof verifyRunningInstance>[1],
): Promise<VerifiedInstance> {
  return prefixed(
    `failed to verify instance ID "${question.instanceId}": `,
    verifyRunningInstance(ports, question),
  );
}

async function prefixed<T>(prefix: string, step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    if (!isEngineError(error)) throw error;
    throw new EngineError(error.kind, prefix + error.message, { cause: error.cause });
  }
}
