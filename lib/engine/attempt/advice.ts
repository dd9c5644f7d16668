import { endpointRegion, signedSecondsAgo, stsStatusOf } from "@/lib/engine/attempt/diagnosis";
import type { LoginFacts, LoginStep } from "@/lib/engine/aws-auth/login-trace";

/** What is wrong in one sentence, and who can mend it how; empty: nothing to be done on that side. */
export type Advice = { sentence: string; client: string; admin: string };

type Give = (facts: Partial<LoginFacts>, error: string) => Advice;

/** The advice for a failed check and its cause. */
export function adviceFor(
  failed: { step: LoginStep; cause: string; error: string | null },
  facts: Partial<LoginFacts>,
): Advice {
  const error = failed.error ?? "";
  const give = BY_CAUSE[`${failed.step}.${failed.cause}`] ?? BY_STEP[failed.step];
  return give(facts, error);
}

const SIGN_AGAIN =
  "Sign a plain sts:GetCallerIdentity request with the AWS SDK and send its method, URL, body and headers unchanged.";

const BY_STEP: Readonly<Record<LoginStep, Give>> = {
  request: (_facts, error) => ({
    sentence: `The signed request cannot be read: ${error}.`,
    client:
      "Send iam_http_request_method (POST), iam_request_url, iam_request_body and iam_request_headers, the URL and body in standard base64.",
    admin: "",
  }),
  action: (_facts, error) => ({
    sentence: `The signed request is not a plain GetCallerIdentity: ${error}.`,
    client: `${SIGN_AGAIN} The body is Action=GetCallerIdentity&Version=2011-06-15.`,
    admin: "",
  }),
  headers: (_facts, error) => ({
    sentence: `The headers of the signed request cannot be read: ${error}.`,
    client:
      "Send iam_request_headers as a JSON object of names and values, or that object in base64; each name once.",
    admin: "",
  }),
  signature: (_facts, error) => ({
    sentence: `The request is signed twice: ${error}.`,
    client: "Sign either by the Authorization header or by the query, once.",
    admin: "",
  }),
  server_id: (_facts, error) => ({
    sentence: error,
    client: "Sign the header X-Vault-AWS-IAM-Server-ID with the value of this mount.",
    admin: "",
  }),
  coverage: () => ({
    sentence: "The signature covers neither host nor date.",
    client: "Sign the headers host and x-amz-date, as every AWS SDK does.",
    admin: "",
  }),
  extras: (_facts, error) => ({
    sentence: `The signed request holds what the mount does not allow: ${error}.`,
    client: "Leave it out before signing.",
    admin: "Where clients cannot do without it, add it to allowed_sts_header_values of the mount.",
  }),
  endpoint: (_facts, error) => ({
    sentence: `No STS endpoint can be told: ${error}.`,
    client: "Sign for a region of AWS.",
    admin: "Or turn use_sts_region_from_client off and set sts_endpoint.",
  }),
  sts: (_facts, error) => ({
    sentence: `STS did not vouch for the signature: ${error}`,
    client: SIGN_AGAIN,
    admin: "",
  }),
  session: ({ arn = "" }) => ({
    sentence: `The AWS session ${arn} has been revoked here.`,
    client: "Get fresh credentials; these will not work again.",
    admin: "The lease's page says who revoked it and why.",
  }),
  allow_list: ({ arn = "" }) => ({
    sentence: `${arn} is not on the mount's list of admitted principals.`,
    client: "",
    admin: "Add the principal to iam_roles of the mount's configuration, or delete that list.",
  }),
  role: ({ role = "" }) => ({
    sentence: `There is no role "${role}" on this mount.`,
    client: "Name a role that exists; without one, the name of the IAM role or user is taken.",
    admin: `Create the role "${role}", or tell the client the right name.`,
  }),
  network: ({ clientAddress = "", boundCidrs = [] }) => ({
    sentence: `The client called from ${clientAddress}, the role admits ${boundCidrs.join(", ")}.`,
    client: "Call from one of these networks.",
    admin:
      "Add the network to token_bound_cidrs of the role. Behind a proxy, check that its address is trusted, so that the client's own is seen.",
  }),
  role_type: ({ role = "", roleAuthType = "" }) => ({
    sentence: `The role "${role}" is of type ${roleAuthType}; it takes no signed requests.`,
    client: "Name a role of type iam.",
    admin: "Make a role of type iam for this client.",
  }),
  principal: ({ arn = "", role = "" }) => ({
    sentence: `${arn} is not bound to the role "${role}".`,
    client: "Log in as the principal that the role was made for, or name another role.",
    admin: "Add the principal to bound_iam_principal_arn of the role.",
  }),
  instance: (_facts, error) => ({
    sentence: `The EC2 instance is not one of the role's: ${error}.`,
    client: "Log in with the credentials of the instance's own profile.",
    admin: "Check the role's instance bounds, and that the server may call ec2:DescribeInstances.",
  }),
  freeze: (_facts, error) => ({
    sentence: `On-call has frozen this identity: ${error}.`,
    client: "Wait, and ask whoever is on call.",
    admin: "End the freeze under Respond once the identity is known to be safe.",
  }),
  replay: () => ({
    sentence: "This signed request has been used before.",
    client: "Sign a new request for each login.",
    admin:
      "If honest clients share keys and sign in the same second, set replay_guard of the mount to window or off.",
  }),
  grant: (_facts, error) => ({
    sentence: `Everything was in order, but no token could be granted: ${error}.`,
    client: "Try again.",
    admin: "Check the role's policies and token settings.",
  }),
};

function unbound(facts: Partial<LoginFacts>, why: string, admin: string): Advice {
  return { sentence: `${facts.arn ?? ""} is not bound: ${why}.`, client: "", admin };
}

const BY_CAUSE: Readonly<Record<string, Give>> = {
  "server_id.missing": ({ expectedServerId = "" }) => ({
    sentence: "The client did not send the Server-ID that this mount asks for.",
    client: `Send and sign the header X-Vault-AWS-IAM-Server-ID: ${expectedServerId ?? ""} (header_value of the vault CLI and hvac, server_id_header_value of Vault Agent).`,
    admin: "Tell clients the value before enforcing it: the mount's page shows who sends none.",
  }),
  "server_id.different": ({ expectedServerId = "", givenServerId = "" }) => ({
    sentence: `The client signed for another server: it sent "${givenServerId ?? ""}", this mount is "${expectedServerId ?? ""}".`,
    client: `Use the Server-ID ${expectedServerId ?? ""}.`,
    admin: "If that name is meant for this server too, change the Server-ID of the mount.",
  }),
  "server_id.not_signed": () => ({
    sentence: "The Server-ID is not among the signed headers.",
    client:
      "Add the header X-Vault-AWS-IAM-Server-ID before signing, so that it stands in SignedHeaders; added afterwards it proves nothing.",
    admin: "",
  }),
  "coverage.date_not_signed": () => ({
    sentence: "The signature does not cover the date.",
    client: "Sign the header x-amz-date, as every AWS SDK does.",
    admin: "",
  }),
  "coverage.host_not_signed": () => ({
    sentence: "The signature does not cover the host.",
    client: "Sign the header host, as every AWS SDK does.",
    admin: "",
  }),
  "sts.clock": (facts, error) => ({
    sentence: clockSentence(signedSecondsAgo(facts), error),
    client: "Set the clock of the client (NTP); sign right before logging in.",
    admin: "",
  }),
  "sts.region": ({ region = "", endpoint = "", host = "" }) => {
    const wanted =
      endpointRegion(endpoint) ?? endpointRegion(`https://${host}`) ?? "another region";
    return {
      sentence: `The request was signed for ${region}, the endpoint is ${wanted}.`,
      client: `Sign for ${wanted} (AWS_REGION, or region of the vault CLI).`,
      admin: `Or let the client choose: use_sts_region_from_client=true, or sts_endpoint and sts_region of ${region}.`,
    };
  },
  "sts.signature": () => ({
    sentence: "STS computed another signature.",
    client: `The secret key does not belong to the access key, or what was signed was changed on the way. ${SIGN_AGAIN}`,
    admin: "",
  }),
  "sts.not_signed": () => ({
    sentence: "The request is not signed.",
    client: SIGN_AGAIN,
    admin: "",
  }),
  "sts.unknown_key": ({ accessKeyId = "", hasSessionToken }) => ({
    sentence: `AWS does not know the access key ${accessKeyId}.`,
    client:
      accessKeyId.startsWith("ASIA") && hasSessionToken !== true
        ? "A key that begins with ASIA needs its session token: sign with X-Amz-Security-Token."
        : "The key was deleted or deactivated, or belongs to another partition of AWS: use one that works.",
    admin: "",
  }),
  "sts.expired_token": ({ accessKeyId = "" }) => ({
    sentence: `The temporary credentials ${accessKeyId} had expired.`,
    client: "Fetch fresh credentials before signing; do not keep a signed request.",
    admin: "",
  }),
  "sts.denied_by_aws": () => ({
    sentence: "AWS denied the request.",
    client:
      "Look for a policy of your organisation or VPC endpoint that denies sts:GetCallerIdentity.",
    admin: "",
  }),
  "sts.throttled": ({ endpoint = "" }) => ({
    sentence: `AWS is throttling calls to ${endpoint}.`,
    client: "Try again with back-off and jitter.",
    admin: "Spread logins over regions with use_sts_region_from_client.",
  }),
  "sts.busy": () => ({
    sentence: "Too many logins wait for STS already.",
    client: "Try again with back-off and jitter.",
    admin: "See Health: STS latency, or clients that log in for each request.",
  }),
  "sts.unreachable": ({ endpoint = "" }) => ({
    sentence: `STS at ${endpoint} did not answer.`,
    client: "Nothing to do: the fault is between this server and AWS.",
    admin:
      "Check the route, DNS and firewall from this server to the endpoint, and sts_endpoint of the mount.",
  }),
  "sts.sts_failed": (facts, error) => ({
    sentence: `STS failed with status ${stsStatusOf(facts, error)}.`,
    client: "Try again.",
    admin: "See the AWS status page; another region helps with use_sts_region_from_client.",
  }),
  "sts.unreadable_answer": (_facts, error) => ({
    sentence: `What came from STS is no identity document: ${error}.`,
    client: "Do not sign an Accept header: the answer has to be XML.",
    admin: "Check that sts_endpoint leads to STS and not to a proxy.",
  }),
  "principal.recreated": ({ canonicalArn = "", uniqueId = "", role = "" }) => ({
    sentence: `${canonicalArn} was deleted and made anew: the role "${role}" is bound to the old one.`,
    client: "",
    admin: `If the new one (${uniqueId}) is meant, write bound_iam_principal_arn of the role again.`,
  }),
  "principal.policy_bound": (facts) =>
    unbound(
      facts,
      "the role binds the ARN of a policy, which is no principal and never matches",
      "Bind the user or role that has the policy.",
    ),
  "principal.session_bound": (facts) =>
    unbound(
      facts,
      "the role binds the ARN of a session, which never matches",
      `Bind the role behind it: ${facts.canonicalArn ?? "arn:aws:iam::<account>:role/<name>"}.`,
    ),
  "principal.other_account": (facts) =>
    unbound(
      facts,
      `the role binds no principal of account ${facts.account ?? ""}`,
      "Add the principal if that account is meant; for unique ids, give the mount a role to read it with (config/sts).",
    ),
  "principal.other_path": (facts) =>
    unbound(
      facts,
      "the role's wildcard asks for another path",
      "Move the principal to that path, or bind its own.",
    ),
  "principal.other_kind": (facts) =>
    unbound(facts, "a user and a role of the same name are not the same", "Bind the right one."),
  "principal.lookup_failed": (_facts, error) => ({
    sentence: `The principal's full ARN could not be read, which the role's wildcard needs: ${error}.`,
    client: "",
    admin:
      "Allow iam:GetRole and iam:GetUser to the mount's credentials, in the principal's account.",
  }),
};

function clockSentence(secondsAgo: number | null, error: string): string {
  if (secondsAgo === null) return `AWS finds the signature out of time: ${error}`;
  const where = secondsAgo > 0 ? "in the past" : "in the future";
  return `The request was signed ${Math.abs(secondsAgo)} s ${where}, which AWS does not take.`;
}
