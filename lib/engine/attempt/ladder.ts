import { endpointRegion, signedSecondsAgo } from "@/lib/engine/attempt/diagnosis";
import { LOGIN_STEPS, type LoginFacts, type LoginStep } from "@/lib/engine/aws-auth/login-trace";

/** One check of a login: what it asks, how it went, and what was measured. */
export type Check = {
  step: LoginStep;
  title: string;
  result: "passed" | "failed" | "not_reached" | "not_asked";
  /** Empty: nothing more to say. */
  measured: string;
};

const TITLES: Readonly<Record<LoginStep, string>> = {
  request: "The login carries a request that can be read",
  action: "The request asks for GetCallerIdentity and nothing else",
  headers: "Its headers can be read",
  signature: "It is signed in one way only",
  server_id: "It was signed for this server",
  coverage: "The signature covers host and date",
  extras: "It holds no AWS header or parameter that is not allowed",
  endpoint: "There is an STS endpoint to ask",
  sts: "STS vouches for the signature",
  session: "The AWS session has not been revoked",
  allow_list: "The mount admits this principal",
  role: "There is such a role",
  network: "The client's address is in the role's networks",
  role_type: "The role takes signed requests",
  principal: "The principal is bound to the role",
  instance: "The EC2 instance is one of the role's",
  freeze: "Neither principal nor role is frozen",
  grant: "The role's token can be granted",
  replay: "The signed request is used for the first time",
};

/**
 * What each check found, in order.
 *
 * @param unasked checks that were left out on purpose, whatever came after them.
 */
export function ladderOf(
  attempt: { passed: boolean; step: LoginStep; facts: Partial<LoginFacts> },
  unasked: readonly LoginStep[] = [],
): Check[] {
  const reached = attempt.passed ? LOGIN_STEPS.length : LOGIN_STEPS.indexOf(attempt.step);
  return LOGIN_STEPS.map((step, index) => {
    const isUnasked = unasked.includes(step) && index !== reached;
    return {
      step,
      title: TITLES[step],
      result: isUnasked ? "not_asked" : resultOf(step, index, reached, attempt.facts),
      measured: index <= reached && !isUnasked ? measuredAt(step, attempt.facts) : "",
    };
  });
}

function resultOf(
  step: LoginStep,
  index: number,
  reached: number,
  facts: Partial<LoginFacts>,
): Check["result"] {
  if (index === reached) return "failed";
  if (index > reached) return "not_reached";
  if (step === "server_id" && facts.expectedServerId === null) return "not_asked";
  if (step === "instance" && facts.infersInstance !== true) return "not_asked";
  return "passed";
}

function measuredAt(step: LoginStep, facts: Partial<LoginFacts>): string {
  const measure = MEASURES[step];
  return measure === undefined ? "" : measure(facts);
}

type Measure = (facts: Partial<LoginFacts>) => string;

const MEASURES: Partial<Readonly<Record<LoginStep, Measure>>> = {
  request: ({ method = "", host = "" }) =>
    sentence([method !== "" && `method ${method}`, host !== "" && `signed for the host ${host}`]),
  signature: ({ signedIn, accessKeyId = "" }) =>
    sentence([
      signedIn === "none" ? "no signature" : `signature in the ${signedIn ?? "request"}`,
      accessKeyId !== "" && `access key ${accessKeyId}`,
    ]),
  server_id: serverIdMeasured,
  coverage: ({ signedNames = [] }) =>
    signedNames.length === 0 ? "" : `signed headers: ${signedNames.join(", ")}`,
  endpoint: ({ endpoint = "", region = "" }) =>
    sentence([endpoint !== "" && `asks ${endpoint}`, region !== "" && `signed for ${region}`]),
  sts: stsMeasured,
  allow_list: ({ arn = "" }) => arn,
  role: ({ role = "" }) => (role === "" ? "" : `role "${role}"`),
  network: ({ clientAddress = "", boundCidrs = [] }) =>
    sentence([
      `called from ${clientAddress}`,
      boundCidrs.length > 0 && `the role admits ${boundCidrs.join(", ")}`,
    ]),
  role_type: ({ roleAuthType = "" }) => (roleAuthType === "" ? "" : `type ${roleAuthType}`),
  principal: principalMeasured,
};

function serverIdMeasured({
  expectedServerId,
  givenServerId,
  signedNames = [],
}: Partial<LoginFacts>): string {
  if (expectedServerId === null || expectedServerId === undefined) return "the mount asks for none";
  if (givenServerId === null || givenServerId === undefined || givenServerId === "") {
    return `the mount wants "${expectedServerId}", the client sent none`;
  }
  if (givenServerId !== expectedServerId) {
    return `the mount wants "${expectedServerId}", the client sent "${givenServerId}"`;
  }
  return signedNames.includes("x-vault-aws-iam-server-id")
    ? `"${expectedServerId}", signed`
    : "the Server-ID is right but not among the signed headers";
}

function stsMeasured(facts: Partial<LoginFacts>): string {
  const { stsStatus = 0, stsCode = "", stsMs, arn = "", region = "", endpoint = "" } = facts;
  const wanted = endpointRegion(endpoint);
  return sentence([
    signedText(signedSecondsAgo(facts)),
    region !== "" &&
      (wanted === null || wanted === region
        ? `signed for ${region}`
        : `signed for ${region}, endpoint is ${wanted}`),
    stsStatus === 0
      ? stsMs === undefined && "no answer from STS"
      : `STS answered ${stsStatus}${stsCode === "" ? "" : ` ${stsCode}`} in ${Math.round(stsMs ?? 0)} ms`,
    arn !== "" && arn,
  ]);
}

function signedText(secondsAgo: number | null): string | false {
  if (secondsAgo === null) return false;
  if (secondsAgo === 0) return "signed just now";
  return secondsAgo > 0
    ? `signed ${secondsAgo} s in the past`
    : `signed ${-secondsAgo} s in the future`;
}

function principalMeasured(facts: Partial<LoginFacts>): string {
  const { arn = "", uniqueId = "", boundArns = [], moreBoundArns = 0, fullArn } = facts;
  const bound = boundArns.length === 0 ? "everybody in AWS" : boundArns.join(", ");
  return sentence([
    `${arn}${uniqueId === "" ? "" : ` (${uniqueId})`}`,
    fullArn !== undefined && fullArn !== null && `IAM calls it ${fullArn}`,
    `the role binds ${bound}${moreBoundArns > 0 ? ` and ${moreBoundArns} more` : ""}`,
  ]);
}

function sentence(parts: readonly (string | false)[]): string {
  return parts.filter((part) => part !== false && part !== "").join("; ");
}
