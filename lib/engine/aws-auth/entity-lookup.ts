import { accountAccess } from "@/lib/engine/aws-auth/account-access";
import {
  iamType,
  parsePrincipalArn,
  principalText,
  type Principal,
} from "@/lib/engine/aws-auth/principal";
import type {
  AccountAccess,
  AwsAuthPorts,
  IamEntity,
  IamReader,
} from "@/lib/engine/aws-auth/ports";
import { awsError } from "@/lib/engine/aws-failure";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import { EngineError, invalidRequest, isEngineError } from "@/lib/engine/errors";

type LookupPorts = { awsAuth: AwsAuthPorts };

/** A caller whose identity STS has vouched for, or did at the login of the token being renewed. */
export type VerifiedCaller = { principal: Principal; uniqueId: string };

/**
 * The unique id of the principal that an ARN of a role names, asked in its own account.
 *
 * @throws EngineError `invalid_request` (not resolvable), `aws_failed`, `aws_throttled`; the text says why.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
export async function resolveUniqueId(
  ports: LookupPorts,
  config: ConfigSnapshot,
  mountId: string,
  arn: string,
): Promise<string> {
  try {
    const principal = parsePrincipalArn(arn);
    if (principal.type === "assumed-role") {
      throw invalidRequest(`unrecognized error type "assumed-role"`);
    }
    const access = await accountAccess(ports, config, mountId, principal);
    const entity = await entityOf(await ports.awsAuth.identities.openIam(access), principal);
    if (!isOfAccount(entity, principal)) {
      throw invalidRequest(
        `resolved ARN "${entity.arn}" does not belong to account "${principal.account}"`,
      );
    }
    return entity.uniqueId;
  } catch (error) {
    throw prefixed(`unable to resolve ARN "${arn}" to internal ID: `, error);
  }
}

/**
 * The ARN of a verified caller with its real path, as IAM of the caller's account tells it; null when
 * what IAM knows under that name is somebody else. `purpose` ends the text of a failure:
 * `attempting login`, `updating login`.
 *
 * @throws EngineError `invalid_request`, `aws_failed`, `aws_throttled`
 */
export async function fullArnOf(
  ports: LookupPorts,
  from: { config: ConfigSnapshot; mountId: string; roleName: string; purpose: string },
  caller: VerifiedCaller,
): Promise<string | null> {
  const { principal, uniqueId } = caller;
  if (principal.type === "instance-profile") return null;
  const { identities } = ports.awsAuth;
  try {
    const access = await accessOf(ports, from, principal);
    const remembered = identities.recallArn(access, uniqueId);
    if (remembered !== null) return remembered;
    const reader = await opened(identities.openIam(access));
    const entity = await fetched(reader, principal);
    if (!isCaller(entity, caller)) return null;
    identities.rememberArn(access, uniqueId, entity.arn);
    return entity.arn;
  } catch (error) {
    throw prefixed(
      `error looking up full ARN of entity ${principalText(principal)} when ${from.purpose} for role "${from.roleName}": `,
      error,
    );
  }
}

async function accessOf(
  ports: LookupPorts,
  from: { config: ConfigSnapshot; mountId: string },
  principal: Principal,
): Promise<AccountAccess> {
  return opened(accountAccess(ports, from.config, from.mountId, principal));
}

async function opened<T>(step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    throw prefixed("error creating IAM client: ", error);
  }
}

async function fetched(reader: IamReader, principal: Principal): Promise<IamEntity> {
  try {
    return await entityOf(reader, principal);
  } catch (error) {
    throw prefixed(`error fetching ${iamType(principal.type)} "${principal.name}": `, error);
  }
}

function entityOf(reader: IamReader, principal: Principal): Promise<IamEntity> {
  switch (principal.type) {
    case "user":
      return reader.user(principal.name);
    case "role":
    case "assumed-role":
      return reader.role(principal.name);
    case "instance-profile":
      return reader.instanceProfile(principal.name);
  }
}

function isOfAccount(entity: IamEntity, asked: Principal): boolean {
  const found = parsedOrNull(entity.arn);
  return found?.account === asked.account && found.partition === asked.partition;
}

/** Same account, partition, type, name and id: a look-up must not speak for a namesake. */
function isCaller(entity: IamEntity, { principal, uniqueId }: VerifiedCaller): boolean {
  const found = parsedOrNull(entity.arn);
  return (
    found !== null &&
    isOfAccount(entity, principal) &&
    found.type === iamType(principal.type) &&
    found.name === principal.name &&
    entity.uniqueId === uniqueId
  );
}

function parsedOrNull(arn: string): Principal | null {
  try {
    return parsePrincipalArn(arn);
  } catch {
    return null;
  }
}

/** The same failure with more said in front of it. */
function prefixed(prefix: string, error: unknown): Error {
  if (!isEngineError(error)) return awsError(prefix, error);
  return new EngineError(error.kind, prefix + error.message, { cause: error.cause });
}
