import { authenticate, type Claim, readClaim } from "@/lib/aws-simulator/authentication";
import { authenticationError } from "@/lib/aws-simulator/authentication-errors";
import { type ActionTable, authorise, type Call, unknownAction } from "@/lib/aws-simulator/call";
import type { Caller } from "@/lib/aws-simulator/caller";
import { AwsError } from "@/lib/aws-simulator/errors";
import type { FaultEffect, Faults } from "@/lib/aws-simulator/faults";
import { ACCESS_KEY_ACTIONS } from "@/lib/aws-simulator/iam-access-keys";
import { GROUP_ACTIONS } from "@/lib/aws-simulator/iam-groups";
import { POLICY_ACTIONS } from "@/lib/aws-simulator/iam-policies";
import { ROLE_ACTIONS } from "@/lib/aws-simulator/iam-roles";
import { SIMULATE_ACTIONS } from "@/lib/aws-simulator/iam-simulate";
import { USER_ACTIONS } from "@/lib/aws-simulator/iam-users";
import type { Ledger } from "@/lib/aws-simulator/ledger";
import { Params } from "@/lib/aws-simulator/query";
import { bucketAction, listBuckets } from "@/lib/aws-simulator/s3";
import { headerValues, type WireRequest } from "@/lib/aws-simulator/signature";
import type { World } from "@/lib/aws-simulator/state";
import { STS_ACTIONS } from "@/lib/aws-simulator/sts";
import type { AnswerFields } from "@/lib/aws-simulator/xml";

export type Service = "sts" | "iam" | "s3";

/** What goes back over the wire. */
export type Outcome = {
  readonly service: Service;
  readonly action: string;
  /** Fields of STS and IAM, ready XML of S3, or what went wrong. */
  readonly result: AnswerFields | string | null | AwsError;
};

type Simulation = { readonly world: World; readonly faults: Faults; readonly ledger: Ledger };

const IAM_ACTIONS: ActionTable = {
  ...USER_ACTIONS,
  ...ACCESS_KEY_ACTIONS,
  ...POLICY_ACTIONS,
  ...GROUP_ACTIONS,
  ...ROLE_ACTIONS,
  ...SIMULATE_ACTIONS,
};

const SERVICE_OF_VERSION: Readonly<Record<string, Service>> = {
  "2011-06-15": "sts",
  "2010-05-08": "iam",
};

/**
 * Answers one AWS request: faults, signature, policies, action, in this order; then it is in the
 * ledger. Null: the connection is to be cut.
 */
export async function answer(
  simulation: Simulation,
  request: WireRequest,
  sourceIp: string,
): Promise<Outcome | null> {
  const params = readParams(request);
  const claim = attempt(() => readClaim(request));
  const service = serviceOf(claim, params);
  const action = attempt(() =>
    service === "s3" ? bucketAction(request.method, request.path) : (params.get("Action") ?? ""),
  );
  const name = action instanceof AwsError ? "Unknown" : action;
  const struck = simulation.faults.strike(subjectOf(simulation.world, claim, service, name));
  await pass(struck);
  if (struck.some(({ effect }) => effect === "lostRequest")) return null;

  const caller =
    claim instanceof AwsError ? claim : attempt(() => identify(simulation.world, claim, params));
  const result = attempt(() => {
    refuse(struck, service);
    const account = simulation.world.addAccount(orThrow(caller).accountId);
    return act({
      world: simulation.world,
      caller: orThrow(caller),
      account,
      service,
      action: orThrow(action),
      params,
      sourceIp,
      userAgent: headerValues(request, "user-agent")[0] ?? "",
      region: orThrow(claim).scope.region,
      now: simulation.world.now(),
      consistencyMs: consistencyMs(struck),
    });
  });
  simulation.ledger.record({
    at: new Date(simulation.world.now()).toISOString(),
    service,
    action: name,
    accessKeyId: claim instanceof AwsError ? null : claim.accessKeyId,
    callerArn: caller instanceof AwsError ? null : caller.arn,
    userAgent: headerValues(request, "user-agent")[0] ?? "",
    code: result instanceof AwsError ? result.code : null,
  });
  if (struck.some(({ effect }) => effect === "lostReply")) return null;
  return { service, action: name, result };
}

function act(call: Call): AnswerFields | string | null {
  if (call.service === "s3") return listBuckets(call);
  const action = (call.service === "iam" ? IAM_ACTIONS : STS_ACTIONS)[call.action];
  if (action === undefined) throw unknownAction(call.action, call.params.get("Version"));
  if (call.service === "iam") assertMayUseIam(call);
  if (action.target !== null) authorise(call, action.target(call));
  return action.handle(call);
}

/**
 * IAM knows no federated users, and sessions of users only when they came with an MFA code.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
 */
function assertMayUseIam({ caller }: Call): void {
  const { session } = caller;
  if (session === null || session.identity.kind === "assumedRole" || session.withMfa) return;
  throw authenticationError("iam", "unknownKey");
}

function readParams(request: WireRequest): Params {
  const values = new Map(new URLSearchParams(request.query));
  for (const [name, value] of new URLSearchParams(request.body.toString("utf8"))) {
    values.set(name, value);
  }
  return new Params(values);
}

function serviceOf(claim: Claim | AwsError, params: Params): Service {
  const byVersion = SERVICE_OF_VERSION[params.get("Version") ?? ""];
  if (byVersion !== undefined) return byVersion;
  const scoped = claim instanceof AwsError ? "" : claim.scope.service;
  return scoped === "s3" || scoped === "iam" ? scoped : "sts";
}

/** @throws AwsError also when the signature is good, but for another service. */
function identify(world: World, claim: Claim, params: Params): Caller {
  const wanted = serviceOf(claim, params);
  if (claim.scope.service !== wanted) {
    throw authenticationError(
      wanted,
      "wrongSignature",
      `Credential should be scoped to correct service: '${wanted}'. `,
    );
  }
  return authenticate(world, claim);
}

function subjectOf(world: World, claim: Claim | AwsError, service: Service, action: string) {
  const accessKeyId = claim instanceof AwsError ? null : claim.accessKeyId;
  const key = world.accessKeys.get(accessKeyId ?? "");
  const identity = world.sessions.get(accessKeyId ?? "")?.identity;
  const holder = key?.owner ?? (identity?.kind === "assumedRole" ? identity.role : identity?.owner);
  return { service, action, accessKeyId, accountId: holder?.accountId ?? null };
}

async function pass(struck: readonly FaultEffect[]): Promise<void> {
  const ms = struck.reduce((sum, fault) => sum + (fault.effect === "latency" ? fault.ms : 0), 0);
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}

function refuse(struck: readonly FaultEffect[], service: Service): void {
  for (const fault of struck) {
    if (fault.effect === "error") throw new AwsError(fault.status, fault.code, fault.message);
    if (fault.effect === "throttle") {
      throw service === "s3"
        ? new AwsError(503, "SlowDown", "Please reduce your request rate.")
        : new AwsError(400, "Throttling", "Rate exceeded");
    }
  }
}

function consistencyMs(struck: readonly FaultEffect[]): number {
  return Math.max(0, ...struck.map((fault) => (fault.effect === "consistency" ? fault.ms : 0)));
}

function attempt<T>(run: () => T): T | AwsError {
  try {
    return run();
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
}

function orThrow<T>(value: T | AwsError): T {
  if (value instanceof AwsError) throw value;
  return value;
}
