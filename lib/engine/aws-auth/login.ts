import type { Decision } from "@/lib/engine/answer";
import { requireAllowed } from "@/lib/engine/aws-auth/allow-list";
import { judgeBinding, wildcardsAdmit } from "@/lib/engine/aws-auth/binding";
import {
  readCallerIdentity,
  unreadableAnswer,
  type CallerIdentity,
} from "@/lib/engine/aws-auth/caller-identity";
import { clientConfigOf, type ReplayGuard } from "@/lib/engine/aws-auth/client-config";
import { fullArnOf } from "@/lib/engine/aws-auth/entity-lookup";
import { inferInstance, type InferredInstance } from "@/lib/engine/aws-auth/inference";
import { loginResult, REPLAY_WINDOW_SECONDS } from "@/lib/engine/aws-auth/login-result";
import { parsePrincipalArn, uniqueIdOf, type Principal } from "@/lib/engine/aws-auth/principal";
import { findRole, type AwsAuthRole } from "@/lib/engine/aws-auth/role";
import {
  readSignedRequest,
  type IamLoginInput,
  type SignedRequest,
} from "@/lib/engine/aws-auth/signed-request";
import { awsError } from "@/lib/engine/aws-failure";
import { cidrsAdmit } from "@/lib/engine/cidr";
import { EngineError, invalidRequest, isEngineError } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import { grantLogin } from "@/lib/engine/token/grant-login";

/** The fields of `login`; undefined: not supplied. */
export type LoginInput = {
  role: string | undefined;
  method: string | undefined;
  url: string | undefined;
  body: string | undefined;
  headers: IamLoginInput["headers"] | undefined;
  pkcs7: string | undefined;
  identity: string | undefined;
  signature: string | undefined;
};

/** Who signed the request, as STS vouched for it. */
export type VerifiedPrincipal = {
  principal: Principal;
  /** As STS writes it: of an assumed role with its session. */
  arn: string;
  uniqueId: string;
};

/**
 * Logs in whoever signed the request: asks STS who that is, then checks mount, role and bindings.
 * Nothing is written before the last check.
 *
 * @throws EngineError `invalid_request` (not a plain signed GetCallerIdentity, or not bound),
 *   `permission_denied` (outside the role's networks), `aws_failed`, `aws_throttled`, `rate_limited`.
 * @see https://developer.hashicorp.com/vault/docs/auth/aws#iam-auth-method
 */
export async function login(
  ports: Ports,
  scope: RequestScope,
  input: LoginInput,
): Promise<Decision> {
  const signed = await readSigned(scope, iamInputOf(input));
  const caller = await whoSigned(ports, signed);

  await requireAllowed(scope.config, scope.mount.id, caller);
  // Read only now: someone without an AWS identity must not learn which roles exist.
  const role = await roleOf(scope, input.role === "" ? undefined : input.role, caller);
  await requireBound(ports, scope, role, caller);
  const inferred = await inferredInstance(ports, scope, role, caller);

  const result = await loginResult(scope, role, caller, inferred);
  return grantLogin(ports, scope, {
    ...result,
    ...(signed.replayGuard !== "off" && {
      replayMark: {
        mountId: scope.mount.id,
        roleId: role.roleId,
        mac: ports.keys.hmac("replay", signed.signatureId),
        windowSeconds: signed.replayGuard === "strict" ? 0 : REPLAY_WINDOW_SECONDS,
      },
    }),
    refused: invalidRequest(
      "this signed request has been used before; sign a new one for each login",
    ),
  });
}

/** The kind of login is told by the fields that were supplied, whatever their values. */
function iamInputOf(input: LoginInput): IamLoginInput {
  const { method, url, body, headers } = input;
  const ec2 =
    input.pkcs7 !== undefined || (input.identity !== undefined && input.signature !== undefined);
  const iam = method !== undefined && url !== undefined && headers !== undefined;
  const complete = iam && (body !== undefined || method === "GET");
  if (ec2 && complete) {
    throw invalidRequest("supplied auth values for both ec2 and iam auth types");
  }
  if (ec2) throw invalidRequest("logins by EC2 instance identity document are not available");
  if (!complete) throw invalidRequest("didn't supply required authentication values");
  return { method, url, body, headers };
}

type ReadyToSend = SignedRequest & { maxRetries: number; replayGuard: ReplayGuard };

async function readSigned(scope: RequestScope, input: IamLoginInput): Promise<ReadyToSend> {
  const client = await clientConfigOf(scope.config, scope.mount.id);
  const signed = readSignedRequest(input, {
    serverId: client.iamServerIdHeaderValue,
    allowedHeaders: client.allowedStsHeaderValues ?? [],
    stsEndpoint: client.stsEndpoint,
    useRegionOfClient: client.useStsRegionFromClient,
  });
  return { ...signed, maxRetries: client.maxRetries, replayGuard: client.replayGuard };
}

async function whoSigned(ports: Ports, signed: ReadyToSend): Promise<VerifiedPrincipal> {
  let identity: CallerIdentity;
  try {
    const { forwarded, endpoint, maxRetries } = signed;
    identity = readCallerIdentity(
      await ports.awsAuth.callerIdentity.ask(forwarded, endpoint, maxRetries),
    );
  } catch (error) {
    throw awsError("error making upstream request: error making request: ", error);
  }
  const principal = principalOf(identity.arn);
  if (!/^\d{12}$/.test(identity.account) || identity.account !== principal.account) {
    // No AWS answers so: whoever runs this endpoint, the operator should look at it.
    ports.report(
      `STS vouched for an ARN of account ${principal.account} in an answer about account ${identity.account}`,
      new Error(identity.arn),
    );
    throw unreadableAnswer();
  }
  return { principal, arn: identity.arn, uniqueId: uniqueIdOf(identity.userId) };
}

function principalOf(arn: string): Principal {
  try {
    return parsePrincipalArn(arn);
  } catch (error) {
    if (!isEngineError(error)) throw error;
    throw invalidRequest(`error parsing arn "${arn}": ${error.message}`);
  }
}

async function roleOf(
  scope: RequestScope,
  given: string | undefined,
  caller: VerifiedPrincipal,
): Promise<AwsAuthRole> {
  const name = given ?? caller.principal.name;
  const role = await findRole(scope.config, scope.mount.id, name);
  if (role === null) throw invalidRequest(`entry for role ${shown(name)} not found`);
  if (!cidrsAdmit(role.token.boundCidrs, scope.clientAddress)) {
    throw new EngineError("permission_denied", "permission denied");
  }
  if (role.authType !== "iam") {
    throw invalidRequest(`auth method iam not allowed for role ${shown(name)}`);
  }
  return role;
}

/** How much of an unknown role's name is repeated to the caller. */
const SHOWN_NAME_LENGTH_MAX = 128;

function shown(name: string): string {
  return name
    .slice(0, SHOWN_NAME_LENGTH_MAX)
    .replace(/[\0-\x1f\x7f]/g, (control) => JSON.stringify(control).slice(1, -1));
}

async function requireBound(
  ports: Ports,
  scope: RequestScope,
  role: AwsAuthRole,
  caller: VerifiedPrincipal,
): Promise<void> {
  const verdict = judgeBinding(role, caller.principal, caller.uniqueId);
  if (verdict === "bound") return;
  if (verdict === "ask_full_arn") {
    const fullArn = await fullArnOf(
      ports,
      {
        config: scope.config,
        mountId: scope.mount.id,
        roleName: role.name,
        purpose: "attempting login",
      },
      caller,
    );
    if (fullArn !== null && wildcardsAdmit(role.boundPrincipalArns, fullArn)) return;
  }
  throw invalidRequest(`IAM Principal "${caller.arn}" does not belong to the role "${role.name}"`);
}

async function inferredInstance(
  ports: Ports,
  scope: RequestScope,
  role: AwsAuthRole,
  caller: VerifiedPrincipal,
): Promise<InferredInstance | null> {
  if (role.inferredEntityType === "") return null;
  return inferInstance(ports, scope, role, caller.principal);
}
