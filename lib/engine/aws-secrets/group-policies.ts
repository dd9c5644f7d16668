import { awsError } from "@/lib/engine/aws-failure";
import type { AwsAccess, AwsSecretsPorts } from "@/lib/engine/aws-secrets/ports";
import { combinePolicyDocuments } from "@/lib/engine/aws-secrets/policy-document";
import type { SecretsRole } from "@/lib/engine/aws-secrets/role";

export type SessionPolicies = { policyDocument: string; policyArns: readonly string[] };

/**
 * The policies that narrow an STS session: the role's own and those of its IAM groups. The role's
 * document is sent unchanged unless a group has a document of its own.
 *
 * @throws EngineError `aws_failed`, `aws_throttled` when a group cannot be read, `invalid_request` for
 *   a document that is none.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
 */
export async function sessionPolicies(
  { iam }: Pick<AwsSecretsPorts, "iam">,
  access: AwsAccess,
  role: SecretsRole,
): Promise<SessionPolicies> {
  const policyArns = [...(role.policyArns ?? [])];
  const documents: string[] = [];
  try {
    for (const group of role.iamGroups ?? []) {
      policyArns.push(...(await iam.listAttachedGroupPolicies(access, group)));
      for (const name of await iam.listGroupPolicies(access, group)) {
        documents.push(await iam.getGroupPolicy(access, group, name));
      }
    }
  } catch (error) {
    throw awsError("", error);
  }
  if (documents.length === 0) return { policyDocument: role.policyDocument, policyArns };
  return {
    policyDocument: combinePolicyDocuments([...documents, role.policyDocument]),
    policyArns,
  };
}
