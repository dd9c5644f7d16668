import {
  AssumeRoleCommand,
  type Credentials,
  GetCallerIdentityCommand,
  type GetCallerIdentityCommandOutput,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
  type STSClient,
} from "@aws-sdk/client-sts";
import { type AttemptOptions, callAws, pause } from "@/lib/aws/call";
import { checkParameters, type ParameterCheck } from "@/lib/aws/parameter-checks";
import { callWithRoot, clientSettings, type RootAccessOptions } from "@/lib/aws/root-access";
import { AwsFailure, isAwsFailure } from "@/lib/engine/aws-failure";
import type {
  AssumeRoleInput,
  AwsAccess,
  AwsSession,
  FederationInput,
  SessionTokenInput,
  StsCalls,
} from "@/lib/engine/aws-secrets/ports";
import { stsTargets, type StsTarget } from "@/lib/engine/aws-secrets/root-config";
import { invalidRequest } from "@/lib/engine/errors";
import { Secret } from "@/lib/engine/secret";

/** What STS takes at least. */
const DURATION_SECONDS_MIN = 900;
const PING_TIMEOUT_MS = 5_000;
const USABLE_RETRY_MS = 1_000;
/** IAM answers from several hosts: one that knows a new key proves little. */
const USABLE_PROOFS = 2;
const CHOICES_MAX = 512;

/**
 * STS with a mount's root credential. Where fallback endpoints are configured, the first that answers
 * is used until it fails; a single endpoint is never asked beforehand.
 */
export function stsCalls(options: RootAccessOptions): StsCalls {
  const choices = new Map<string, Promise<StsTarget>>();

  /** Runs one call at the endpoint that was found to answer. */
  const call: Caller = async (access, send) => {
    const target = await chosenTarget(options, choices, access);
    const client = options.clients.sts(clientSettings(options, access, target));
    try {
      const endpoint = `sts ${target.endpoint} ${target.region}`;
      const { value } = await callWithRoot(options, access, endpoint, (attempt) =>
        send(client, attempt),
      );
      return value;
    } catch (error) {
      // No sound answer: the next call looks for an endpoint that gives one.
      if (isAwsFailure(error) && error.facts.outcomeUnknown) choices.delete(access.root.origin);
      throw error;
    }
  };

  return {
    assumeRole: (access, input) => assumeRole(call, access, input),
    getFederationToken: (access, input) => getFederationToken(call, access, input),
    getSessionToken: (access, input) => getSessionToken(call, access, input),
    callerAccount: async (access) => (await callerIdentity(call, access)).Account ?? "",
    callerArn: async (access) => (await callerIdentity(call, access)).Arn ?? "",
    becomesUsable: (access, patienceSeconds) => becomesUsable(call, access, patienceSeconds),
  };
}

type Caller = <T>(
  access: AwsAccess,
  send: (client: STSClient, attempt: AttemptOptions) => Promise<T>,
) => Promise<T>;

function callerIdentity(call: Caller, access: AwsAccess): Promise<GetCallerIdentityCommandOutput> {
  const command = new GetCallerIdentityCommand({});
  return call(access, (client, attempt) => client.send(command, attempt));
}

async function assumeRole(
  call: Caller,
  access: AwsAccess,
  input: AssumeRoleInput,
): Promise<AwsSession> {
  const tags = Object.entries(input.tags);
  checkParameters("AssumeRoleInput", [
    durationCheck(input.durationSeconds),
    { field: "ExternalId", text: given(input.externalId), sizeMin: 2 },
    { field: "RoleArn", text: input.roleArn, sizeMin: 20 },
    { field: "RoleSessionName", text: input.sessionName, sizeMin: 2 },
    ...policyArnChecks(input.policyArns),
    ...tags.map(([key], index): ParameterCheck => {
      return { field: `Tags[${index}].Key`, text: key, sizeMin: 1 };
    }),
  ]);
  const command = new AssumeRoleCommand({
    RoleArn: input.roleArn,
    RoleSessionName: input.sessionName,
    DurationSeconds: input.durationSeconds,
    Policy: given(input.policyDocument),
    PolicyArns: policyArns(input.policyArns),
    Tags: tags.length === 0 ? undefined : tags.map(([Key, Value]) => ({ Key, Value })),
    ExternalId: given(input.externalId),
  });
  const answer = await call(access, (client, attempt) => client.send(command, attempt));
  return sessionOf(answer.Credentials, {
    arn: answer.AssumedRoleUser?.Arn,
    subjectId: answer.AssumedRoleUser?.AssumedRoleId,
  });
}

async function getFederationToken(
  call: Caller,
  access: AwsAccess,
  input: FederationInput,
): Promise<AwsSession> {
  checkParameters("GetFederationTokenInput", [
    durationCheck(input.durationSeconds),
    { field: "Name", text: input.name, sizeMin: 2 },
    ...policyArnChecks(input.policyArns),
  ]);
  const command = new GetFederationTokenCommand({
    Name: input.name,
    DurationSeconds: input.durationSeconds,
    Policy: given(input.policyDocument),
    PolicyArns: policyArns(input.policyArns),
  });
  const answer = await call(access, (client, attempt) => client.send(command, attempt));
  return sessionOf(answer.Credentials, {
    arn: answer.FederatedUser?.Arn,
    subjectId: answer.FederatedUser?.FederatedUserId,
  });
}

async function getSessionToken(
  call: Caller,
  access: AwsAccess,
  input: SessionTokenInput,
): Promise<AwsSession> {
  checkParameters("GetSessionTokenInput", [
    durationCheck(input.durationSeconds),
    { field: "SerialNumber", text: given(input.serialNumber), sizeMin: 9 },
    { field: "TokenCode", text: given(input.tokenCode), sizeMin: 6 },
  ]);
  const command = new GetSessionTokenCommand({
    DurationSeconds: input.durationSeconds,
    SerialNumber: given(input.serialNumber),
    TokenCode: given(input.tokenCode),
  });
  const answer = await call(access, (client, attempt) => client.send(command, attempt));
  return sessionOf(answer.Credentials, { arn: undefined, subjectId: undefined });
}

async function becomesUsable(
  call: Caller,
  access: AwsAccess,
  patienceSeconds: number,
): Promise<boolean> {
  const until = Date.now() + patienceSeconds * 1000;
  for (let proofs = 0; proofs < USABLE_PROOFS;) {
    try {
      const command = new GetCallerIdentityCommand({});
      await call(access, (client, attempt) => client.send(command, attempt));
      proofs += 1;
    } catch {
      if (Date.now() + USABLE_RETRY_MS > until) return false;
      proofs = 0;
      await pause(USABLE_RETRY_MS);
    }
  }
  return true;
}

/** The endpoint to use: the only one, or the first of several that answers. */
function chosenTarget(
  options: RootAccessOptions,
  choices: Map<string, Promise<StsTarget>>,
  access: AwsAccess,
): Promise<StsTarget> {
  const targets = stsTargets(access.root);
  const [only] = targets;
  if (only !== undefined && targets.length === 1) return Promise.resolve(only);
  const known = choices.get(access.root.origin);
  if (known !== undefined) return known;

  const choice = firstAnswering(options, access, targets);
  choices.set(access.root.origin, choice);
  choice.catch(() => choices.delete(access.root.origin));
  for (const oldest of choices.keys()) {
    if (choices.size <= CHOICES_MAX) break;
    choices.delete(oldest);
  }
  return choice;
}

async function firstAnswering(
  options: RootAccessOptions,
  access: AwsAccess,
  targets: readonly StsTarget[],
): Promise<StsTarget> {
  for (const target of targets) {
    const client = options.clients.sts(clientSettings(options, access, target));
    const deadline = new Date(Math.min(access.deadline.getTime(), Date.now() + PING_TIMEOUT_MS));
    try {
      const terms = { maxRetries: 0, deadline, keyMadeAt: access.root.rotatedAt };
      const ping = new GetCallerIdentityCommand({});
      await callAws((attempt) => client.send(ping, attempt), terms);
      return target;
    } catch (error) {
      if (!isAwsFailure(error)) throw error;
    }
  }
  throw invalidRequest("could not obtain sts client");
}

function durationCheck(seconds: number): ParameterCheck {
  return { field: "DurationSeconds", number: seconds, valueMin: DURATION_SECONDS_MIN };
}

function policyArnChecks(arns: readonly string[]): ParameterCheck[] {
  return arns.map((arn, index) => ({ field: `PolicyArns[${index}].Arn`, text: arn, sizeMin: 20 }));
}

function policyArns(arns: readonly string[]): { arn: string }[] | undefined {
  return arns.length === 0 ? undefined : arns.map((arn) => ({ arn }));
}

/** Empty means "not set": AWS must not see the parameter. */
function given(text: string): string | undefined {
  return text === "" ? undefined : text;
}

function sessionOf(
  credentials: Credentials | undefined,
  subject: { arn: string | undefined; subjectId: string | undefined },
): AwsSession {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
    throw new AwsFailure("SerializationError: the answer of STS holds no credentials", {
      code: "SerializationError",
      status: 200,
      throttled: false,
      outcomeUnknown: true,
      firstAttemptAt: null,
    });
  }
  return {
    accessKey: AccessKeyId,
    secretKey: new Secret(SecretAccessKey),
    sessionToken: new Secret(SessionToken),
    expiresAt: Expiration,
    arn: subject.arn ?? null,
    subjectId: subject.subjectId ?? null,
  };
}
