import { isWildcard } from "@/lib/engine/aws-auth/binding";
import type { LoginFacts, LoginStep } from "@/lib/engine/aws-auth/login-trace";

/** AWS takes a signature for so long, either way. */
const SIGNATURE_SECONDS = 300;

/** How far in the past the request was signed, in seconds; negative: in the future; null: not known. */
export function signedSecondsAgo(facts: Partial<LoginFacts>): number | null {
  const { signedAt = "", judgedAt = "" } = facts;
  if (signedAt === "" || judgedAt === "") return null;
  return Math.round((Date.parse(judgedAt) - Date.parse(signedAt)) / 1000);
}

/** The region that the endpoint verifies signatures of; null: not to be told by its name. */
export function endpointRegion(endpoint: string): string | null {
  const host = /^https?:\/\/([^/:]+)/.exec(endpoint)?.[1] ?? "";
  if (host === "sts.amazonaws.com") return "us-east-1";
  return /\bsts(?:-fips)?\.([a-z]{2}(?:-[a-z]+)+-\d)\./.exec(host)?.[1] ?? null;
}

/** Why a check failed, in one word; empty where the check itself says all. */
export function causeOf(step: LoginStep, facts: Partial<LoginFacts>, error: string): string {
  switch (step) {
    case "server_id":
      return serverIdCause(facts, error);
    case "coverage":
      return facts.signedNames?.includes("host") === true ? "date_not_signed" : "host_not_signed";
    case "extras":
      return error.includes("query param") ? "parameter_not_allowed" : "header_not_allowed";
    case "endpoint":
      return error.includes("missing") ? "no_region" : "unknown_region";
    case "sts":
      return stsCause(facts, error);
    case "role":
      return "unknown_role";
    case "principal":
      return principalCause(facts, error);
    default:
      return "";
  }
}

function serverIdCause({ expectedServerId, givenServerId }: Partial<LoginFacts>, error: string) {
  if (error.includes("multiple SignedHeaders")) return "signed_twice";
  if (givenServerId === null || givenServerId === undefined || givenServerId === "") {
    return "missing";
  }
  return givenServerId === expectedServerId ? "not_signed" : "different";
}

const BY_CODE: Readonly<Record<string, string>> = {
  ExpiredToken: "expired_token",
  ExpiredTokenException: "expired_token",
  InvalidClientTokenId: "unknown_key",
  UnrecognizedClientException: "unknown_key",
  RequestExpired: "clock",
  AccessDenied: "denied_by_aws",
  MissingAuthenticationToken: "not_signed",
};

/** Of an answer that was no final one only the error's text tells. */
export function stsStatusOf({ stsStatus = 0 }: Partial<LoginFacts>, error: string): number {
  return stsStatus || Number(/unexpected HTTP status (\d{3})$/.exec(error)?.[1] ?? 0);
}

function stsCause(facts: Partial<LoginFacts>, error: string): string {
  const { stsCode = "", region = "" } = facts;
  const stsStatus = stsStatusOf(facts, error);
  if (stsStatus === 0) return error.includes("error making request") ? "unreachable" : "busy";
  if (stsStatus === 200) return "unreadable_answer";
  if (stsStatus === 429 || /throttl|slow ?down|limitexceeded/i.test(stsCode)) return "throttled";
  const known = BY_CODE[stsCode];
  if (known !== undefined) return known;
  if (stsStatus >= 500) return "sts_failed";
  const ago = signedSecondsAgo(facts);
  const isLate = ago !== null && Math.abs(ago) > SIGNATURE_SECONDS;
  if (isLate || /Signature expired|not yet current/.test(error)) return "clock";
  const wanted =
    endpointRegion(facts.endpoint ?? "") ?? endpointRegion(`https://${facts.host ?? ""}`);
  const isElsewhere = region !== "" && wanted !== null && wanted !== region;
  if (isElsewhere || error.includes("scoped to a valid region")) return "region";
  if (facts.signedIn === "none") return "not_signed";
  return "signature";
}

function principalCause(facts: Partial<LoginFacts>, error: string): string {
  if (!error.includes("does not belong to the role")) return "lookup_failed";
  const { boundArns = [], account = "", canonicalArn = "" } = facts;
  if (facts.wasRecreated === true) return "recreated";
  if (boundArns.some((arn) => arn.includes(":policy/"))) return "policy_bound";
  if (boundArns.some((arn) => arn.includes(":assumed-role/"))) return "session_bound";
  const accounts = boundArns.map((arn) => arn.split(":")[4]);
  if (!accounts.includes(account)) return "other_account";
  const name = canonicalArn.split("/").at(-1) ?? "";
  const type = canonicalArn.split(":")[5]?.split("/")[0] ?? "";
  const meantByPath = boundArns.some(
    (arn) => isWildcard(arn) && arn.includes(`:${type}/`) && arn.split("/").length > 2,
  );
  if (meantByPath) return "other_path";
  if (boundArns.some((arn) => arn.split("/").at(-1) === name && !arn.includes(`:${type}/`))) {
    return "other_kind";
  }
  return "other_principal";
}
