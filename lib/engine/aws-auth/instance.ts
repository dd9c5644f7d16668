import { accountAccess } from "@/lib/engine/aws-auth/account-access";
import type { AccountAccess, AwsAuthPorts, InstanceDescription } from "@/lib/engine/aws-auth/ports";
import { parsePrincipalArn } from "@/lib/engine/aws-auth/principal";
import type { AwsAuthRole } from "@/lib/engine/aws-auth/role";
import { awsError, isAwsFailure } from "@/lib/engine/aws-failure";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import { invalidRequest } from "@/lib/engine/errors";

/** A running instance, and the access under which it was seen. */
export type VerifiedInstance = { description: InstanceDescription; access: AccountAccess };

export type InstanceQuestion = {
  config: ConfigSnapshot;
  mountId: string;
  partition: string;
  account: string;
  region: string;
  instanceId: string;
};

/**
 * Asks EC2, in the account that the instance is said to be of, whether it exists and runs.
 *
 * @throws EngineError `invalid_request`, `aws_failed`, `aws_throttled`; the text is the reason alone.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
 */
export async function verifyRunningInstance(
  ports: { awsAuth: AwsAuthPorts },
  question: InstanceQuestion,
): Promise<VerifiedInstance> {
  const { config, mountId, instanceId, region } = question;
  if (instanceId === "") throw invalidRequest("the caller has no instance ID");
  const access = await accountAccess(ports, config, mountId, question);
  const reservations = await described(ports, access, region, instanceId);
  const [reservation] = reservations;
  if (reservation === undefined) {
    throw invalidRequest("no reservations found in instance description");
  }
  const [description] = reservation;
  if (description === undefined) throw invalidRequest("no instance details found in reservations");
  if (description.instanceId !== instanceId) {
    throw invalidRequest(
      "expected instance ID not matching the instance ID in the instance description",
    );
  }
  if (description.state === null) {
    throw invalidRequest("instance state in instance description is nil");
  }
  if (description.state !== "running") throw invalidRequest("instance is not in 'running' state");
  return { description, access };
}

async function described(
  ports: { awsAuth: AwsAuthPorts },
  access: AccountAccess,
  region: string,
  instanceId: string,
): Promise<readonly (readonly InstanceDescription[])[]> {
  try {
    return await ports.awsAuth.identities.describeInstance(access, region, instanceId);
  } catch (error) {
    throw awsError(`error fetching description for instance ID "${instanceId}": `, error);
  }
}

/** What of a role decides which instances belong to it. Lists are OR inside, AND between. */
export type InstanceBounds = Pick<
  AwsAuthRole,
  | "name"
  | "boundEc2InstanceIds"
  | "boundAccountIds"
  | "boundAmiIds"
  | "boundSubnetIds"
  | "boundVpcIds"
  | "boundIamInstanceProfileArns"
  | "boundIamRoleArns"
>;

/**
 * Compares a verified instance with the bounds of a role.
 *
 * @throws EngineError `invalid_request` naming the first bound that does not hold.
 */
export async function checkInstanceBounds(
  ports: { awsAuth: AwsAuthPorts },
  bounds: InstanceBounds,
  { description, access }: VerifiedInstance,
): Promise<void> {
  const { name } = bounds;
  const within = (bound: readonly string[], value: string | null, text: string): void => {
    if (bound.length > 0 && !bound.includes(value ?? "")) throw invalidRequest(text);
  };
  within(
    bounds.boundEc2InstanceIds ?? [],
    description.instanceId,
    `instance ID "${description.instanceId ?? ""}" does not belong to the role "${name}"`,
  );
  within(
    bounds.boundAccountIds,
    access.account,
    `account ID "${access.account}" does not belong to role "${name}"`,
  );
  within(
    bounds.boundAmiIds,
    presentValue(bounds.boundAmiIds, description.imageId, "AMI ID"),
    `AMI ID "${description.imageId ?? ""}" does not belong to role "${name}"`,
  );
  within(
    bounds.boundSubnetIds,
    presentValue(bounds.boundSubnetIds, description.subnetId, "subnet ID"),
    `subnet ID "${description.subnetId ?? ""}" does not satisfy the constraint on role "${name}"`,
  );
  within(
    bounds.boundVpcIds,
    presentValue(bounds.boundVpcIds, description.vpcId, "VPC ID"),
    `VPC ID "${description.vpcId ?? ""}" does not satisfy the constraint on role "${name}"`,
  );
  await checkProfileBounds(ports, bounds, { description, access });
}

function presentValue(bound: readonly string[], value: string | null, what: string): string | null {
  if (bound.length > 0 && (value === null || value === "")) {
    throw invalidRequest(`${what} in the instance description is nil`);
  }
  return value;
}

async function checkProfileBounds(
  ports: { awsAuth: AwsAuthPorts },
  bounds: InstanceBounds,
  { description, access }: VerifiedInstance,
): Promise<void> {
  const { boundIamInstanceProfileArns: profiles, boundIamRoleArns: roles, name } = bounds;
  if (profiles.length === 0 && roles.length === 0) return;
  const profileArn = description.instanceProfileArn;
  if (profileArn === null || profileArn === "") {
    throw invalidRequest("IAM instance profile in the instance description is nil");
  }
  if (profiles.length > 0 && !prefixesAdmit(profiles, profileArn)) {
    throw invalidRequest(
      `IAM instance profile ARN "${profileArn}" does not satisfy the constraint role "${name}"`,
    );
  }
  if (roles.length === 0) return;
  const roleArn = await roleOfProfile(ports, access, profileArn);
  if (!prefixesAdmit(roles, roleArn)) {
    throw invalidRequest(
      `IAM role ARN "${roleArn}" does not satisfy the constraint role "${name}"`,
    );
  }
}

async function roleOfProfile(
  ports: { awsAuth: AwsAuthPorts },
  access: AccountAccess,
  profileArn: string,
): Promise<string> {
  try {
    const reader = await ports.awsAuth.identities.openIam(access);
    const profile = await reader.instanceProfile(parsePrincipalArn(profileArn).name);
    const [roleArn, ...more] = profile.roleArns;
    if (roleArn === undefined || more.length > 0) {
      throw invalidRequest("invalid roles in the output of instance profile details");
    }
    return roleArn;
  } catch (error) {
    if (isAwsFailure(error)) throw awsError("IAM role ARN could not be fetched: ", error);
    throw error;
  }
}

/** An entry ending in `*` is a prefix; any other is the whole ARN. */
function prefixesAdmit(entries: readonly string[], arn: string): boolean {
  return entries.some((entry) =>
    entry.endsWith("*") ? arn.startsWith(entry.slice(0, -1)) : entry === arn,
  );
}
