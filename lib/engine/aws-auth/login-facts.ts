import { isWildcard } from "@/lib/engine/aws-auth/binding";
import type { VerifiedPrincipal } from "@/lib/engine/aws-auth/login";
import type { LoginFacts } from "@/lib/engine/aws-auth/login-trace";
import type { StsAnswer } from "@/lib/engine/aws-auth/ports";
import { canonicalArn } from "@/lib/engine/aws-auth/principal";
import type { AwsAuthRole } from "@/lib/engine/aws-auth/role";

const ARNS_KEPT_MAX = 10;

/** Who calls, as STS vouched for it. */
export function principalFacts(
  caller: VerifiedPrincipal,
): Pick<LoginFacts, "arn" | "account" | "canonicalArn" | "uniqueId"> {
  return {
    arn: caller.arn,
    account: caller.principal.account,
    canonicalArn: canonicalArn(caller.principal),
    uniqueId: caller.uniqueId,
  };
}

/** What the role asks of a principal, and whether the caller is a namesake of one it meant. */
export function bindingFacts(
  role: AwsAuthRole,
  caller: VerifiedPrincipal,
): Pick<LoginFacts, "boundArns" | "moreBoundArns" | "wasRecreated"> {
  const arns = role.boundPrincipalArns;
  const canonical = canonicalArn(caller.principal);
  const isNamed = arns.some((arn) => !isWildcard(arn) && withoutPath(arn) === canonical);
  return {
    boundArns: arns.slice(0, ARNS_KEPT_MAX),
    moreBoundArns: Math.max(0, arns.length - ARNS_KEPT_MAX),
    wasRecreated:
      isNamed && role.resolveUniqueIds && !role.boundPrincipalIds.includes(caller.uniqueId),
  };
}

/** `…:role/team/app` → `…:role/app`: STS does not tell the paths of roles. */
function withoutPath(arn: string): string {
  const segments = arn.split("/");
  return segments.length < 3 ? arn : `${segments[0] ?? ""}/${segments.at(-1) ?? ""}`;
}

/** Status and error code of an answer of STS, and nothing else of it. */
export function stsFacts(answer: StsAnswer): Pick<LoginFacts, "stsStatus" | "stsCode"> {
  const code = /<Code>([\w.]{1,64})<\/Code>/.exec(answer.body ?? "")?.[1] ?? "";
  return { stsStatus: answer.status, stsCode: answer.status === 200 ? "" : code };
}

/**
 * The text of a refused login without what AWS repeats of the request: in the canonical string stands
 * the session token.
 */
export function withoutCanonicalString(text: string): string {
  return text.replace(/(The Canonical String for this request should have been)[^]*/, "$1 …");
}

/** The same for the log, where of an answer of STS stands its error code alone: whose it is, is not known. */
export function withoutAnswer(text: string): string {
  return text.replace(/( from STS: )([^]*)$/, (_all, lead: string, answer: string) => {
    return lead + (/<Code>([\w.]{1,64})<\/Code>/.exec(answer)?.[1] ?? "…");
  });
}
