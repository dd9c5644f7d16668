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
import { bindingFacts, principalFacts, stsFacts } from "@/lib/engine/aws-auth/login-facts";
import { loginResult, REPLAY_WINDOW_SECONDS } from "@/lib/engine/aws-auth/login-result";
import type { LoginTrace } from "@/lib/engine/aws-auth/login-trace";
import { parsePrincipalArn, uniqueIdOf, type Principal } from "@/lib/engine/aws-auth/principal";
import { findRole, type AwsAuthRole } from "@/lib/engine/aws-auth/role";
import { short } from "@/lib/engine/aws-auth/signature-facts";
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
  const trace = ports.attempts.begin(scope);
  try {
    return await grant(ports, scope, await judgeLogin(ports, scope, { input, trace }), trace);
  } catch (error) {
    trace.failed(error);
    throw error;
  }
}

/** A login that passed every check but those of the grant itself. */
export type JudgedLogin = {
  signed: ReadyToSend;
  role: AwsAuthRole;
  caller: VerifiedPrincipal;
  inferred: InferredInstance | null;
};

/**
 * The checks of a login, without granting anything: asks STS who signed, then mount, role and bindings.
 *
 * @throws EngineError as `login` does; `trace` knows at which check.
 */
export async function judgeLogin(
  ports: Ports,
  scope: RequestScope,
  { input, trace }: { input: LoginInput; trace: LoginTrace },
): Promise<JudgedLogin> {
  trace.know({
    role: short(input.role ?? ""),
    clientAddress: scope.clientAddress,
    judgedAt: ports.clock.now().toISOString(),
  });
  const signed = await readSigned(scope, iamInputOf(input), trace);
  trace.at("sts");
  const caller = await whoSigned(ports, signed, trace);
  const role = input.role === "" ? undefined : input.role;
  return { signed, caller, ...(await judgePrincipal(ports, scope, { role, caller, trace })) };
}

/**
 * The checks that follow once it is known who calls.
 *
 * @param judged.role undefined: the role that is called like the principal.
 */
export async function judgePrincipal(
  ports: Ports,
  scope: RequestScope,
  judged: { role: string | undefined; caller: VerifiedPrincipal; trace: LoginTrace },
): Promise<Pick<JudgedLogin, "role" | "inferred">> {
  const { caller, trace } = judged;
  trace.know(principalFacts(caller));
  trace.at("session");
  await requireLiveSession(ports, caller);
  trace.at("allow_list");
  await requireAllowed(scope.config, scope.mount.id, caller);
  // Read only now: someone without an AWS identity must not learn which roles exist.
  trace.at("role");
  const role = await roleOf(scope, judged.role, judged);
  trace.at("principal");
  trace.know(bindingFacts(role, caller));
  await requireBound(ports, scope, role, judged);
  trace.at("instance");
  return { role, inferred: await inferredInstance(ports, scope, role, caller) };
}

/** AWS vouches for a session that was revoked, too: GetCallerIdentity cannot be denied. */
async function requireLiveSession(
  ports: Ports,
  { principal, uniqueId }: VerifiedPrincipal,
): Promise<void> {
  if (principal.session === "") return;
  if (await ports.denials.isDenied(`${uniqueId}:${principal.session}`)) {
    throw new EngineError("permission_denied", "this AWS session has been revoked");
  }
}

async function grant(
  ports: Ports,
  scope: RequestScope,
  { signed, role, caller, inferred }: JudgedLogin,
  trace: LoginTrace,
): Promise<Decision> {
  const result = await loginResult(scope, role, caller, inferred);
  trace.at("freeze");
  const decision = await grantLogin(ports, scope, {
    ...result,
    passedFreezes: () => trace.at("grant"),
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
  // Whether it was is known when the grant is committed.
  trace.at("replay");
  return decision;
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

async function readSigned(
  scope: RequestScope,
  input: IamLoginInput,
  trace: LoginTrace,
): Promise<ReadyToSend> {
  const client = await clientConfigOf(scope.config, scope.mount.id);
  const rules = {
    serverId: client.iamServerIdHeaderValue,
    allowedHeaders: client.allowedStsHeaderValues ?? [],
    stsEndpoint: client.stsEndpoint,
    useRegionOfClient: client.useStsRegionFromClient,
  };
  const signed = readSignedRequest(input, rules, trace);
  trace.know({ endpoint: signed.endpoint });
  return { ...signed, maxRetries: client.maxRetries, replayGuard: client.replayGuard };
}

async function whoSigned(
  ports: Ports,
  { forwarded, endpoint, maxRetries }: ReadyToSend,
  trace: LoginTrace,
): Promise<VerifiedPrincipal> {
  let identity: CallerIdentity;
  const askedAt = ports.clock.now().getTime();
  try {
    const answer = await ports.awsAuth.callerIdentity.ask(forwarded, endpoint, maxRetries);
    trace.know({ ...stsFacts(answer), stsMs: ports.clock.now().getTime() - askedAt });
    identity = readCallerIdentity(answer);
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
  { caller, trace }: { caller: VerifiedPrincipal; trace: LoginTrace },
): Promise<AwsAuthRole> {
  const name = given ?? caller.principal.name;
  trace.know({ role: short(name) });
  const role = await findRole(scope.config, scope.mount.id, name);
  if (role === null) throw invalidRequest(`entry for role ${shown(name)} not found`);
  trace.at("network");
  trace.know({ boundCidrs: role.token.boundCidrs.slice(0, CIDRS_KEPT_MAX) });
  if (!cidrsAdmit(role.token.boundCidrs, scope.clientAddress)) {
    throw new EngineError("permission_denied", "permission denied");
  }
  trace.at("role_type");
  trace.know({ roleAuthType: role.authType, infersInstance: role.inferredEntityType !== "" });
  if (role.authType !== "iam") {
    throw invalidRequest(`auth method iam not allowed for role ${shown(name)}`);
  }
  return role;
}

const CIDRS_KEPT_MAX = 20;

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
  { caller, trace }: { caller: VerifiedPrincipal; trace: LoginTrace },
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
    trace.know({ fullArn });
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
