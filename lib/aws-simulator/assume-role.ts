import { type Call, notAuthorised, requestContext, tagContext } from "@/lib/aws-simulator/call";
import { grantsOf } from "@/lib/aws-simulator/caller";
import { accessDenied, validationError } from "@/lib/aws-simulator/errors";
import { allows, explicitDeny } from "@/lib/aws-simulator/policy";
import { Form } from "@/lib/aws-simulator/query";
import { passedWithMfa } from "@/lib/aws-simulator/mfa";
import { credentialsFields, openSession, readSessionPolicies } from "@/lib/aws-simulator/sessions";
import { isVisible, type Role } from "@/lib/aws-simulator/state";
import { trustOf } from "@/lib/aws-simulator/trust";
import type { AnswerFields } from "@/lib/aws-simulator/xml";

const DURATION_SECONDS_MIN = 900;
const DURATION_SECONDS_MAX = 43_200;
const DURATION_SECONDS_DEFAULT = 3600;
const CHAINED_SECONDS_MAX = 3600;
const TAGS_MAX = 50;

type AssumeRoleForm = {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly durationSeconds: number | undefined;
  readonly externalId: string | undefined;
  readonly sourceIdentity: string | undefined;
  readonly tags: ReadonlyMap<string, string>;
  readonly transitiveTagKeys: readonly string[];
};

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export function assumeRole(call: Call): AnswerFields {
  const form = readForm(call);
  const { caller, now } = call;
  if (caller.kind === "root") throw accessDenied("Roles may not be assumed by root accounts.");
  // A federated user may call nothing of STS but GetCallerIdentity.
  const role = caller.kind === "federatedUser" ? null : findRole(call, form.roleArn);
  const withMfa = passedWithMfa(call);
  for (const action of requiredActions(form)) {
    if (role === null || !mayAssume(call, role, form, { action, withMfa })) {
      throw accessDenied(notAuthorised(caller, action, form.roleArn));
    }
  }
  if (role === null) throw accessDenied(notAuthorised(caller, "sts:AssumeRole", form.roleArn));

  const policies = readSessionPolicies(call, role.accountId, form.tags);
  const seconds = sessionSeconds(call, role, form.durationSeconds);
  const inherited = [...(caller.session?.tags ?? [])].filter(([key]) =>
    caller.session?.transitiveTagKeys.has(key),
  );
  const session = openSession(call, {
    identity: { kind: "assumedRole", role, sessionName: form.sessionName },
    expiresAt: now + seconds * 1000,
    policies: policies.documents,
    withMfa,
    sourceIdentity: form.sourceIdentity ?? caller.session?.sourceIdentity ?? null,
    tags: new Map([...form.tags, ...inherited]),
    transitiveTagKeys: new Set([...form.transitiveTagKeys, ...inherited.map(([key]) => key)]),
  });
  return {
    Credentials: credentialsFields(session),
    AssumedRoleUser: {
      AssumedRoleId: `${role.id}:${form.sessionName}`,
      Arn: `arn:aws:sts::${role.accountId}:assumed-role/${role.name}/${form.sessionName}`,
    },
    PackedPolicySize: policies.packedPercent,
    SourceIdentity: session.sourceIdentity ?? undefined,
  };
}

function readForm(call: Call): AssumeRoleForm {
  const form = new Form(call.params);
  const name = { min: 2, max: 64, pattern: /^[\w+=,.@-]*$/, patternText: "[\\w+=,.@-]*" };
  const roleArn = form.text("RoleArn", { min: 20, max: 2048 });
  const sessionName = form.text("RoleSessionName", name);
  const durationSeconds = form.optionalInteger(
    "DurationSeconds",
    DURATION_SECONDS_MIN,
    DURATION_SECONDS_MAX,
  );
  const externalId = form.optionalText("ExternalId", {
    min: 2,
    max: 1224,
    pattern: /^[\w+=,.@:/-]*$/,
    patternText: "[\\w+=,.@:\\/-]*",
  });
  const sourceIdentity = form.optionalText("SourceIdentity", name);
  form.list("Tags", "Key", TAGS_MAX);
  form.check();
  if (!/^arn:[\w-]+:iam::\d{12}:role\/\S+$/.test(roleArn)) {
    throw validationError(`${roleArn} is invalid`);
  }
  const tags = call.params.tags("Tags");
  const transitiveTagKeys = call.params.list("TransitiveTagKeys");
  return {
    roleArn,
    sessionName,
    durationSeconds,
    externalId,
    sourceIdentity,
    tags,
    transitiveTagKeys,
  };
}

function findRole(call: Call, arn: string): Role | null {
  const account = call.world.accounts.get(arn.split(":")[4] ?? "");
  const role = account?.roles.find(arn.slice(arn.lastIndexOf("/") + 1));
  return role?.arn === arn && isVisible(role, call.now) ? role : null;
}

function requiredActions(form: AssumeRoleForm): readonly string[] {
  return [
    "sts:AssumeRole",
    ...(form.tags.size > 0 ? ["sts:TagSession"] : []),
    ...(form.sourceIdentity === undefined ? [] : ["sts:SetSourceIdentity"]),
  ];
}

/**
 * A trust policy that names the caller is enough within an account; one that names the account, or
 * another account's principal, also needs a policy of the caller. No Deny may match anywhere.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
function mayAssume(
  call: Call,
  role: Role,
  form: AssumeRoleForm,
  ask: { readonly action: string; readonly withMfa: boolean },
): boolean {
  const { caller, world, now } = call;
  const context = requestContext(call, [
    ["sts:rolesessionname", [form.sessionName]],
    ...(form.externalId === undefined ? [] : [["sts:externalid", [form.externalId]] as const]),
    ...(form.sourceIdentity === undefined
      ? []
      : [["sts:sourceidentity", [form.sourceIdentity]] as const]),
    ...(ask.withMfa ? [["aws:multifactorauthpresent", ["true"]] as const] : []),
    ...tagContext(form.tags),
    ...[...role.tags].map(
      ([key, value]) => [`aws:resourcetag/${key.toLowerCase()}`, [value]] as const,
    ),
  ]);
  const trust = trustOf(role.trust, caller, ask.action, context);
  if (trust === "denied" || trust === "none") return false;
  const request = { action: ask.action, resource: role.arn, context };
  const grants = grantsOf(world, caller, now);
  if (explicitDeny(request, grants) !== null) return false;

  const within = caller.accountId === role.accountId;
  const limited = [grants.boundary, grants.session].every(
    (layer) => layer === null || allows(request, layer),
  );
  if (within && trust === "session") return true;
  if (within && trust === "principal") return limited || caller.session === null;
  return limited && allows(request, grants.identity);
}

function sessionSeconds(call: Call, role: Role, asked: number | undefined): number {
  const seconds = asked ?? DURATION_SECONDS_DEFAULT;
  if (call.caller.kind === "assumedRole" && seconds > CHAINED_SECONDS_MAX) {
    throw validationError(
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    );
  }
  if (seconds > role.maxSessionSeconds) {
    throw validationError(
      "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    );
  }
  return seconds;
}
