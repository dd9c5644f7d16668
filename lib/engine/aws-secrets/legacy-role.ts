import { parseArn } from "@/lib/engine/aws-secrets/arn";
import { isJson, withoutWhiteSpace } from "@/lib/engine/aws-secrets/policy-document";
import type { RoleInput, SecretsRole } from "@/lib/engine/aws-secrets/role";
import { invalidRequest } from "@/lib/engine/errors";
import { goQuote } from "@/lib/engine/go-quote";

/** Newer fields that may not stand beside the old parameters, in the order they are complained about. */
const EXCLUDED: readonly [keyof RoleInput, string][] = [
  ["roleArns", "role_arns"],
  ["roleArnAlias", "role_arn"],
  ["policyArns", "policy_arns"],
  ["policyDocument", "policy_document"],
  ["defaultStsTtlSeconds", "default_sts_ttl"],
  ["maxStsTtlSeconds", "max_sts_ttl"],
  ["userPath", "user_path"],
  ["permissionsBoundaryArn", "permissions_boundary_arn"],
];

/**
 * What the old parameters `policy` and `arn` mean: an ARN of a role or of a managed policy, or a
 * policy document that serves IAM users and federation tokens alike.
 *
 * @throws EngineError `invalid_request` for text that is neither, and beside newer fields.
 * @see https://developer.hashicorp.com/vault/api-docs/secret/aws#legacy-parameters
 */
export function legacyRole(input: RoleInput): Partial<SecretsRole> {
  if (input.policy && input.arn)
    throw invalidRequest("only one of policy or arn should be provided");
  if (input.credentialType !== undefined) {
    throw invalidRequest(
      "cannot supply deprecated role or policy parameters with an explicit credential_type",
    );
  }
  const excluded = EXCLUDED.find(([key]) => input[key] !== undefined);
  if (excluded !== undefined) {
    throw invalidRequest(`cannot supply deprecated role or policy parameters with ${excluded[1]}`);
  }
  return roleOfText((input.policy === "" ? undefined : input.policy) ?? input.arn ?? "");
}

function roleOfText(text: string): Partial<SecretsRole> {
  if (!text.startsWith("arn:")) {
    if (!isJson(text)) throw unreadable(text);
    return {
      credentialTypes: ["iam_user", "federation_token"],
      policyDocument: withoutWhiteSpace(text),
    };
  }
  const arn = parseArn(text);
  const resourceType = arn instanceof Error ? "" : arn.resource.split("/", 1)[0];
  if (resourceType === "role") return { credentialTypes: ["assumed_role"], roleArns: [text] };
  if (resourceType === "policy") return { credentialTypes: ["iam_user"], policyArns: [text] };
  throw unreadable(text);
}

function unreadable(text: string): Error {
  return invalidRequest(`unable to parse supplied data: ${goQuote(text)}`);
}
