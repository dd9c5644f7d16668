import { parseArn } from "@/lib/engine/aws-secrets/arn";
import { findCredentialType, isStsType } from "@/lib/engine/aws-secrets/credential-type";
import type { SecretsRole } from "@/lib/engine/aws-secrets/role";
import { aggregateText, invalidRequest } from "@/lib/engine/errors";
import { goQuote } from "@/lib/engine/go-quote";

/** Vault's own pattern, printed as it stands in its error. */
const USER_PATH_PATTERN = String.raw`^\/([\x21-\x7F]{0,510}\/)?$`;
const USER_PATH = /^\/([\x21-\x7F]{0,510}\/)?$/;

/**
 * Checks the merged role.
 *
 * @throws EngineError `invalid_request` with every broken rule, in Vault's order and wording.
 */
export function validateRole(role: SecretsRole): void {
  const boundary = boundaryProblem(role.permissionsBoundaryArn);
  // Vault's own quirk, which clients see: a malformed boundary hides what was found before it.
  const first = boundary === null ? problemsOfTypesAndPaths(role) : [boundary];
  const problems = [...first, ...problemsOfMismatchedFields(role)];
  if (problems.length === 0) return;
  throw invalidRequest(
    `error(s) validating supplied role data: ${goQuote(aggregateText(problems))}`,
  );
}

function problemsOfTypesAndPaths(role: SecretsRole): string[] {
  const problems: string[] = [];
  if (role.credentialTypes.length === 0) problems.push("did not supply credential_type");
  for (const type of role.credentialTypes) {
    if (findCredentialType(type) === null) problems.push(`unrecognized credential type: ${type}`);
  }
  const anySts = role.credentialTypes.some(isStsType);
  const onlySts = "assumed_role, federation_token, and session_token credential types";
  if (role.defaultStsTtlSeconds !== 0 && !anySts) {
    problems.push(`default_sts_ttl parameter only valid for ${onlySts}`);
  }
  if (role.maxStsTtlSeconds !== 0 && !anySts) {
    problems.push(`max_sts_ttl parameter only valid for ${onlySts}`);
  }
  if (role.maxStsTtlSeconds > 0 && role.defaultStsTtlSeconds > role.maxStsTtlSeconds) {
    problems.push('"default_sts_ttl" value must be less than or equal to "max_sts_ttl" value');
  }
  if (role.userPath !== "") {
    if (!hasType(role, "iam_user")) {
      problems.push("user_path parameter only valid for iam_user credential type");
    }
    if (!USER_PATH.test(role.userPath)) {
      problems.push(
        `the specified value for user_path is invalid. It must match ${goQuote(USER_PATH_PATTERN)} regexp`,
      );
    }
  }
  if (role.permissionsBoundaryArn !== "" && !hasType(role, "iam_user")) {
    problems.push("cannot supply permissions_boundary_arn when credential_type isn't iam_user");
  }
  return problems;
}

function boundaryProblem(text: string): string | null {
  if (text === "") return null;
  const arn = parseArn(text);
  const reason = arn instanceof Error ? arn.message : kindProblem(arn.service, arn.resource);
  return reason === null ? null : `invalid permissions_boundary_arn parameter: ${reason}`;
}

function kindProblem(service: string, resource: string): string | null {
  if (service !== "iam") return `expected a service of iam but got ${service}`;
  if (!resource.startsWith("policy/")) {
    return `expected a resource type of policy but got ${resource}`;
  }
  return null;
}

function problemsOfMismatchedFields(role: SecretsRole): string[] {
  const problems: string[] = [];
  const hasPolicy = role.policyDocument !== "" || isFilled(role.policyArns);
  if (hasType(role, "session_token") && hasPolicy) {
    problems.push("cannot supply a policy or role when using credential_type session_token");
  }
  if (hasType(role, "assumed_role")) return problems;
  const reason = "when credential_type isn't assumed_role";
  if (isFilled(role.roleArns)) problems.push(`cannot supply role_arns ${reason}`);
  if (Object.keys(role.sessionTags ?? {}).length > 0) {
    problems.push(`cannot supply session_tags ${reason}`);
  }
  if (role.externalId !== "") problems.push(`cannot supply external_id ${reason}`);
  return problems;
}

function hasType(role: SecretsRole, type: string): boolean {
  return role.credentialTypes.includes(type);
}

function isFilled(list: readonly string[] | null): boolean {
  return list !== null && list.length > 0;
}
