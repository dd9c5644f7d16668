import { parseTtl, ttlText } from "@/lib/console/lifetime";
import { diagnosePolicy, POLICY_LENGTH_MAX, policyLength } from "@/lib/console/policy-diagnostics";
import {
  type CredentialType,
  credentialTypeOf,
  type SecretsRole,
} from "@/lib/console/secrets-roles";

export type TagPair = { key: string; value: string };

/** A role as it is typed. */
export type RoleDraft = {
  name: string;
  type: CredentialType;
  roleArns: readonly string[];
  policyArns: readonly string[];
  policyDocument: string;
  iamGroups: readonly string[];
  iamTags: readonly TagPair[];
  sessionTags: readonly TagPair[];
  externalId: string;
  defaultTtl: string;
  maxTtl: string;
  userPath: string;
  boundaryArn: string;
  mfaSerial: string;
};

/** The draft that shows a stored role; a type that only old roles have becomes the first. */
export function draftOf(name: string, role: SecretsRole): RoleDraft {
  return {
    name,
    type: credentialTypeOf(role) ?? "iam_user",
    roleArns: role.role_arns,
    policyArns: role.policy_arns,
    policyDocument: indented(role.policy_document),
    iamGroups: role.iam_groups,
    iamTags: pairsOf(role.iam_tags),
    sessionTags: pairsOf(role.session_tags),
    externalId: role.external_id,
    defaultTtl: ttlText(role.default_sts_ttl),
    maxTtl: ttlText(role.max_sts_ttl),
    userPath: role.user_path,
    boundaryArn: role.permissions_boundary_arn,
    mfaSerial: role.mfa_serial_number,
  };
}

/** What the draft says so far; TTLs that cannot be read count as not set. */
export function roleOf(draft: RoleDraft): SecretsRole {
  return {
    credential_type: draft.type,
    role_arns: [...draft.roleArns],
    policy_arns: [...draft.policyArns],
    policy_document: draft.policyDocument.trim(),
    iam_groups: [...draft.iamGroups],
    iam_tags: mapOf(draft.iamTags),
    session_tags: mapOf(draft.sessionTags),
    external_id: draft.externalId,
    default_sts_ttl: parseTtl(draft.defaultTtl) ?? 0,
    max_sts_ttl: parseTtl(draft.maxTtl) ?? 0,
    user_path: draft.userPath,
    permissions_boundary_arn: draft.boundaryArn,
    mfa_serial_number: draft.mfaSerial,
  };
}

export type DraftProblems = Partial<Record<keyof RoleDraft, string>>;

const ROLE_NAME = /^\w(?:[\w.@-]*\w)?$/;
const USER_PATH = /^\/([\x21-\x7f]{0,510}\/)?$/;
const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/;
const POLICY_ARN = /^arn:aws[a-z-]*:iam::(?:\d{12}|aws):policy\/\S+$/;

/** What keeps the role from being saved, or from ever working, by field. */
export function draftProblems(draft: RoleDraft): DraftProblems {
  const isSession = draft.type !== "iam_user";
  const problems: Record<string, string | false> = {
    name: !ROLE_NAME.test(draft.name) && "Letters, digits and _; inside also -, . and @.",
    roleArns:
      draft.type === "assumed_role" && draft.roleArns.length === 0 && "A role needs one to assume.",
    policyDocument: draft.type !== "session_token" && policyProblem(draft.policyDocument),
    policyArns:
      draft.type === "federation_token" &&
      draft.policyArns.length + draft.iamGroups.length === 0 &&
      draft.policyDocument.trim() === "" &&
      "A federation token without any policy may do nothing; name one, a group, or write one below.",
    userPath: draft.type === "iam_user" && draft.userPath !== "" && pathProblem(draft.userPath),
    boundaryArn:
      draft.type === "iam_user" && draft.boundaryArn !== "" && policyArnProblem(draft.boundaryArn),
    iamTags: draft.type === "iam_user" && tagProblem(draft.iamTags),
    sessionTags: draft.type === "assumed_role" && tagProblem(draft.sessionTags),
    defaultTtl: isSession && ttlProblem(draft),
    maxTtl: isSession && parseTtl(draft.maxTtl) === null && "This is no duration.",
  };
  return Object.fromEntries(
    Object.entries(problems).filter(([, problem]) => problem !== false && problem !== ""),
  );
}

/** Empty: the text is the ARN of an IAM role. */
export function roleArnProblem(text: string): string {
  if (ROLE_ARN.test(text)) return "";
  return text.includes(":assumed-role/")
    ? "This is a session. A role has the form arn:aws:iam::111111111111:role/name."
    : "A role has the form arn:aws:iam::111111111111:role/name.";
}

/** Empty: the text is the ARN of a managed policy. */
export function policyArnProblem(text: string): string {
  return POLICY_ARN.test(text)
    ? ""
    : "A managed policy has the form arn:aws:iam::111111111111:policy/name.";
}

function policyProblem(text: string): string {
  const fault = diagnosePolicy(text);
  if (fault !== null) return `Line ${fault.line}, column ${fault.column}: ${fault.message}.`;
  return policyLength(text) > POLICY_LENGTH_MAX
    ? `AWS takes ${POLICY_LENGTH_MAX.toLocaleString("en")} characters at most.`
    : "";
}

function pathProblem(text: string): string {
  return USER_PATH.test(text) ? "" : "A path begins and ends with /: /leasehold/";
}

function tagProblem(pairs: readonly TagPair[]): string {
  const keys = pairs.map(({ key }) => key.trim());
  if (keys.includes("")) return "Each tag needs a key.";
  return new Set(keys).size < keys.length ? "A key stands there twice." : "";
}

function ttlProblem({ defaultTtl, maxTtl }: RoleDraft): string {
  const seconds = parseTtl(defaultTtl);
  const maxSeconds = parseTtl(maxTtl);
  if (seconds === null) return "This is no duration.";
  if (maxSeconds === null) return "";
  return maxSeconds > 0 && seconds > maxSeconds ? "Longer than the maximum TTL." : "";
}

function pairsOf(map: Readonly<Record<string, string>>): TagPair[] {
  return Object.entries(map).map(([key, value]) => ({ key, value }));
}

function mapOf(pairs: readonly TagPair[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map(({ key, value }) => [key.trim(), value] as const).filter(([key]) => key !== ""),
  );
}

/** JSON spread over lines; other text as it is. */
export function indented(text: string): string {
  try {
    return text.trim() === "" ? "" : JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
