import type { ActionTable, AccessTarget, Call } from "@/lib/aws-simulator/call";
import { AwsError, entityExists, limitExceeded, noSuchEntity } from "@/lib/aws-simulator/errors";
import {
  getGroup,
  getRole,
  groupTarget,
  nameParameter,
  page,
  pathParameter,
  roleTarget,
  userTarget,
} from "@/lib/aws-simulator/iam-entities";
import { namedUser } from "@/lib/aws-simulator/iam-users";
import { findManagedPolicy } from "@/lib/aws-simulator/managed-policies";
import { entityArn, newManagedPolicy } from "@/lib/aws-simulator/new-entities";
import { percentEncode } from "@/lib/aws-simulator/signature";
import { parsePolicy } from "@/lib/aws-simulator/policy-document";
import { isVisible, type ManagedPolicy, type PolicyHolder } from "@/lib/aws-simulator/state";
import type { AnswerFields } from "@/lib/aws-simulator/xml";

const MANAGED_CHARACTERS_MAX = 6144;
const ATTACHED_MAX = 10;

/** Users, groups and roles hold policies alike; only names and limits differ. */
type HolderKind = {
  readonly label: "User" | "Group" | "Role";
  readonly find: (call: Call) => PolicyHolder & { readonly name: string };
  readonly target: (call: Call) => AccessTarget;
  /** White space not counted, over all inline policies together. */
  readonly inlineCharactersMax: number;
};

const USER_HOLDER: HolderKind = {
  label: "User",
  find: namedUser,
  target: userTarget,
  inlineCharactersMax: 2048,
};

const GROUP_HOLDER: HolderKind = {
  label: "Group",
  find: (call) => getGroup(call, nameParameter(call, "GroupName", 128)),
  target: groupTarget,
  inlineCharactersMax: 5120,
};

const ROLE_HOLDER: HolderKind = {
  label: "Role",
  find: (call) => getRole(call, nameParameter(call, "RoleName", 64)),
  target: roleTarget,
  inlineCharactersMax: 10_240,
};

export const POLICY_ACTIONS: ActionTable = {
  ...holderActions(USER_HOLDER),
  ...holderActions(GROUP_HOLDER),
  ...holderActions(ROLE_HOLDER),
  CreatePolicy: { target: newPolicyTarget, handle: createPolicy },
  GetPolicy: {
    target: policyTarget,
    handle: (call) => ({ Policy: policyFields(getPolicy(call)) }),
  },
  GetPolicyVersion: { target: policyTarget, handle: getPolicyVersion },
  DeletePolicy: { target: policyTarget, handle: deletePolicy },
};

function holderActions(kind: HolderKind): ActionTable {
  const { label, target } = kind;
  return {
    [`Put${label}Policy`]: { target, handle: (call) => putInline(kind, call) },
    [`Get${label}Policy`]: { target, handle: (call) => getInline(kind, call) },
    [`Delete${label}Policy`]: { target, handle: (call) => deleteInline(kind, call) },
    [`List${label}Policies`]: {
      target,
      handle: (call) => {
        const names = [...kind.find(call).inlinePolicies.keys()];
        return page(call, "PolicyNames", names, (name) => name);
      },
    },
    [`Attach${label}Policy`]: { target, handle: (call) => attach(kind, call) },
    [`Detach${label}Policy`]: { target, handle: (call) => detach(kind, call) },
    [`ListAttached${label}Policies`]: {
      target,
      handle: (call) => {
        const arns = [...kind.find(call).attachedPolicies.keys()];
        return page(call, "AttachedPolicies", arns, (arn) => ({
          PolicyName: arn.slice(arn.lastIndexOf("/") + 1),
          PolicyArn: arn,
        }));
      },
    },
  };
}

function putInline(kind: HolderKind, call: Call): null {
  const holder = kind.find(call);
  const name = nameParameter(call, "PolicyName", 128);
  const text = call.params.get("PolicyDocument") ?? "";
  const document = parsePolicy(text, "identity");
  const others = [...holder.inlinePolicies].filter(([other]) => other !== name);
  const size = [text, ...others.map(([, policy]) => policy.text)]
    .join("")
    .replace(/\s/g, "").length;
  if (size > kind.inlineCharactersMax) {
    throw limitExceeded(
      `Maximum policy size of ${kind.inlineCharactersMax} bytes exceeded for ${kind.label.toLowerCase()} ${holder.name}`,
    );
  }
  holder.inlinePolicies.set(name, { text, document, visibleAt: call.now + call.consistencyMs });
  return null;
}

function getInline(kind: HolderKind, call: Call): AnswerFields {
  const holder = kind.find(call);
  const name = nameParameter(call, "PolicyName", 128);
  const policy = holder.inlinePolicies.get(name);
  if (policy === undefined || !isVisible(policy, call.now)) throw noInline(kind, name);
  return {
    [`${kind.label}Name`]: holder.name,
    PolicyName: name,
    PolicyDocument: percentEncode(policy.text),
  };
}

function deleteInline(kind: HolderKind, call: Call): null {
  const name = nameParameter(call, "PolicyName", 128);
  if (!kind.find(call).inlinePolicies.delete(name)) throw noInline(kind, name);
  return null;
}

function noInline(kind: HolderKind, name: string): Error {
  return noSuchEntity(`The ${kind.label.toLowerCase()} policy with name ${name} cannot be found.`);
}

function attach(kind: HolderKind, call: Call): null {
  const holder = kind.find(call);
  const arn = policyArn(call);
  if (findManagedPolicy(call.world, arn, call.now) === null) {
    throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
  }
  if (!holder.attachedPolicies.has(arn) && holder.attachedPolicies.size >= ATTACHED_MAX) {
    throw limitExceeded(`Cannot exceed quota for PoliciesPer${kind.label}: ${ATTACHED_MAX}`);
  }
  const countsFrom = holder.attachedPolicies.get(arn) ?? call.now + call.consistencyMs;
  holder.attachedPolicies.set(arn, countsFrom);
  return null;
}

function detach(kind: HolderKind, call: Call): null {
  const arn = policyArn(call);
  if (!kind.find(call).attachedPolicies.delete(arn)) {
    throw noSuchEntity(`Policy ${arn} was not found.`);
  }
  return null;
}

function newPolicyTarget(call: Call): AccessTarget {
  const path = call.params.get("Path") ?? "/";
  const name = call.params.get("PolicyName") ?? "";
  return { resource: entityArn("policy", { accountId: call.account.id, path, name }) };
}

function policyTarget(call: Call): AccessTarget {
  return { resource: call.params.get("PolicyArn") ?? "" };
}

function createPolicy(call: Call): AnswerFields {
  const { account, now } = call;
  const name = nameParameter(call, "PolicyName", 128);
  const path = pathParameter(call);
  const text = call.params.get("PolicyDocument") ?? "";
  const document = parsePolicy(text, "identity");
  if (text.replace(/\s/g, "").length > MANAGED_CHARACTERS_MAX) {
    throw limitExceeded(`Cannot exceed quota for PolicySize: ${MANAGED_CHARACTERS_MAX}`);
  }
  if (account.policies.isTaken(name)) {
    throw entityExists(`A policy called ${name} already exists. Duplicate names are not allowed.`);
  }
  const policy = newManagedPolicy(
    { accountId: account.id, path, name },
    { createdAt: now, visibleAt: now + call.consistencyMs },
    { text, document },
  );
  account.policies.add(policy);
  return { Policy: policyFields(policy) };
}

function getPolicyVersion(call: Call): AnswerFields {
  const policy = getPolicy(call);
  const version = call.params.get("VersionId");
  if (version !== "v1") {
    throw noSuchEntity(
      `Policy ${policy.arn} version ${version ?? ""} does not exist or is not attachable.`,
    );
  }
  return {
    PolicyVersion: {
      Document: percentEncode(policy.text),
      VersionId: version,
      IsDefaultVersion: true,
      CreateDate: new Date(policy.createdAt),
    },
  };
}

function deletePolicy(call: Call): null {
  const policy = getPolicy(call);
  const { account } = call;
  const holders = [...account.users.all(), ...account.groups.all(), ...account.roles.all()];
  if (holders.some((holder) => holder.attachedPolicies.has(policy.arn))) {
    throw new AwsError(409, "DeleteConflict", "Cannot delete a policy attached to entities.");
  }
  account.policies.remove(policy);
  return null;
}

function getPolicy(call: Call): ManagedPolicy {
  const arn = policyArn(call);
  const policy = findManagedPolicy(call.world, arn, call.now);
  if (policy === null || (policy.accountId !== "aws" && policy.accountId !== call.account.id)) {
    throw noSuchEntity(`Policy ${arn} was not found.`);
  }
  return policy;
}

function policyArn(call: Call): string {
  const arn = call.params.get("PolicyArn") ?? "";
  if (!/^arn:[\w-]+:iam::(\d{12}|aws):policy\/\S+$/.test(arn)) {
    throw new AwsError(400, "InvalidInput", `ARN ${arn} is not valid.`);
  }
  return arn;
}

function policyFields(policy: ManagedPolicy): AnswerFields {
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: "v1",
    IsAttachable: true,
    CreateDate: new Date(policy.createdAt),
    UpdateDate: new Date(policy.createdAt),
  };
}
