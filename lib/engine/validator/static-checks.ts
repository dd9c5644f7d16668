import { accountOfArn, parseArn } from "@/lib/engine/aws-secrets/arn";
import type { CredentialType } from "@/lib/engine/aws-secrets/credential-type";
import type { SecretsRole } from "@/lib/engine/aws-secrets/role";
import { configured, type Finding } from "@/lib/engine/validator/finding";
import { type Named, roleFix } from "@/lib/engine/validator/fixes";

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const SESSION_POLICY_CHARS_MAX = 2_048;
const POLICY_ARNS_MAX = 10;
const TAGS_MAX = 50;
/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const USER_INLINE_CHARS_MAX = 2_048;
const GROUPS_MAX = 10;
const ROLE_RESOURCE = /^role\/[^*?]+$/;

type Found = Pick<Finding, "code" | "text"> & { fix?: Finding["fix"]; value?: string };

/** What is wrong with a role whoever its principal is, and whatever AWS says. */
export function staticFindings(role: SecretsRole, type: CredentialType, named: Named): Finding[] {
  const found = [
    ...targetProblems(role, type),
    ...policyProblems(role, type),
    ...sizeProblems(role, type),
  ];
  const errors = found.map(({ code, text, fix, value }): Finding => {
    return { code, status: "error", text, fix: fix ?? null, evidence: configured(value ?? "") };
  });
  return [...errors, ...ambiguity(role, type, named)];
}

/** True for what can be an IAM role's ARN. */
export function isRoleArn(text: string): boolean {
  const arn = parseArn(text);
  if (arn instanceof Error) return false;
  return arn.service === "iam" && /^\d{12}$/.test(arn.account) && ROLE_RESOURCE.test(arn.resource);
}

function targetProblems(role: SecretsRole, type: CredentialType): Found[] {
  if (type !== "assumed_role") return [];
  const arns = role.roleArns ?? [];
  if (arns.length === 0) {
    const text =
      "Every request fails with: did not supply a role_arn parameter and unable to determine one.";
    return [{ code: "role.no_target", text }];
  }
  return arns
    .filter((arn) => !isRoleArn(arn))
    .map((arn) => ({
      code: "role.bad_arn",
      text: `${arn} is not the ARN of an IAM role: arn:aws:iam::<12 digits>:role/<name>, without wildcards.`,
      value: arn,
    }));
}

function ambiguity(role: SecretsRole, type: CredentialType, named: Named): Finding[] {
  const arns = role.roleArns ?? [];
  if (type !== "assumed_role" || arns.length < 2) return [];
  return [
    {
      code: "role.ambiguous_target",
      status: "warning",
      text: `Clients must send role_arn: the role has ${arns.length} targets.`,
      fix: roleFix(named, "Send role_arn with each request, or leave one target.", {
        role_arns: arns[0] ?? "",
      }),
      evidence: configured(`${arns.length} ARNs`),
    },
  ];
}

function policyProblems(role: SecretsRole, type: CredentialType): Found[] {
  const arns = role.policyArns ?? [];
  const problems: Found[] = [];
  const takesPolicies = type === "assumed_role" || type === "federation_token";
  if (takesPolicies && arns.length > POLICY_ARNS_MAX) {
    const text = `${arns.length} policy_arns; AWS takes ${POLICY_ARNS_MAX} for a session.`;
    problems.push({ code: "policy.too_many_arns", text, value: String(arns.length) });
  }
  if (takesPolicies && role.policyDocument.length > SESSION_POLICY_CHARS_MAX) {
    const text = `The policy document has ${role.policyDocument.length} characters; AWS takes ${SESSION_POLICY_CHARS_MAX} for a session, managed policies not counted.`;
    problems.push({
      code: "policy.session_too_long",
      text,
      value: String(role.policyDocument.length),
    });
  }
  if (type === "federation_token") {
    const isEmpty =
      role.policyDocument === "" && arns.length === 0 && (role.iamGroups ?? []).length === 0;
    const text =
      "Every request fails: a federation token needs policy_document, policy_arns or iam_groups.";
    if (isEmpty) problems.push({ code: "policy.federation_empty", text });
  }
  return [...problems, ...foreignPolicies(role, type)];
}

function foreignPolicies(role: SecretsRole, type: CredentialType): Found[] {
  if (type !== "assumed_role") return [];
  const accounts = new Set((role.roleArns ?? []).filter(isRoleArn).map(accountOfArn));
  if (accounts.size === 0) return [];
  return (role.policyArns ?? [])
    .filter((arn) => {
      const account = accountOfArn(arn);
      const isOurs = account !== null && /^\d{12}$/.test(account);
      return isOurs && [...accounts].some((target) => target !== account);
    })
    .map((arn) => ({
      code: "policy.wrong_account",
      text: `${arn} is a policy of another account than the role's; AWS refuses it.`,
      value: arn,
    }));
}

function sizeProblems(role: SecretsRole, type: CredentialType): Found[] {
  const problems: Found[] = [];
  const tags = Object.keys(type === "iam_user" ? (role.iamTags ?? {}) : (role.sessionTags ?? {}));
  if (tags.length > TAGS_MAX) {
    const text = `${tags.length} tags; AWS takes ${TAGS_MAX}.`;
    problems.push({ code: "tags.too_many", text, value: String(tags.length) });
  }
  if (type !== "iam_user") return problems;
  const chars = role.policyDocument.replace(/\s/g, "").length;
  if (chars > USER_INLINE_CHARS_MAX) {
    const text = `The policy document has ${chars} characters; the inline policies of a user take ${USER_INLINE_CHARS_MAX}.`;
    problems.push({ code: "policy.user_inline_too_long", text, value: String(chars) });
  }
  const groups = (role.iamGroups ?? []).length;
  if (groups > GROUPS_MAX) {
    const text = `${groups} groups; a user is in at most ${GROUPS_MAX}.`;
    problems.push({ code: "policy.too_many_groups", text, value: String(groups) });
  }
  return problems;
}
