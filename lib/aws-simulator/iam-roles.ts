import type { AccessTarget, ActionTable, Call } from "@/lib/aws-simulator/call";
import {
  deleteConflict,
  entityExists,
  limitExceeded,
  noSuchEntity,
} from "@/lib/aws-simulator/errors";
import {
  found,
  getRole,
  nameParameter,
  page,
  pathParameter,
  roleTarget,
  tagList,
} from "@/lib/aws-simulator/iam-entities";
import { entityArn, newInstanceProfile, newRole } from "@/lib/aws-simulator/new-entities";
import { percentEncode } from "@/lib/aws-simulator/signature";
import { Form } from "@/lib/aws-simulator/query";
import { type InstanceProfile, isVisible, type Role } from "@/lib/aws-simulator/state";
import { parseTrust } from "@/lib/aws-simulator/trust";
import type { AnswerFields } from "@/lib/aws-simulator/xml";

const ROLE_NAME_MAX = 64;
const PROFILE_NAME_MAX = 128;
const SESSION_SECONDS_MIN = 3600;
const SESSION_SECONDS_MAX = 43_200;

export const ROLE_ACTIONS: ActionTable = {
  CreateRole: { target: roleTarget, handle: createRole },
  GetRole: { target: roleTarget, handle: (call) => ({ Role: roleFields(namedRole(call)) }) },
  DeleteRole: { target: roleTarget, handle: deleteRole },
  ListRoles: { target: listTarget, handle: listRoles },
  UpdateRole: { target: roleTarget, handle: updateRole },
  UpdateAssumeRolePolicy: { target: roleTarget, handle: updateTrust },
  CreateInstanceProfile: { target: profileTarget, handle: createProfile },
  GetInstanceProfile: {
    target: profileTarget,
    handle: (call) => ({ InstanceProfile: profileFields(call, namedProfile(call)) }),
  },
  DeleteInstanceProfile: { target: profileTarget, handle: deleteProfile },
  AddRoleToInstanceProfile: { target: profileTarget, handle: addRoleToProfile },
  RemoveRoleFromInstanceProfile: { target: profileTarget, handle: removeRoleFromProfile },
};

function createRole(call: Call): AnswerFields {
  const { account, now, params } = call;
  const name = nameParameter(call, "RoleName", ROLE_NAME_MAX);
  const path = pathParameter(call);
  const maxSessionSeconds = sessionSecondsParameter(call) ?? SESSION_SECONDS_MIN;
  const trust = parseTrust(call.world, params.get("AssumeRolePolicyDocument") ?? "");
  if (account.roles.isTaken(name)) throw entityExists(`Role with name ${name} already exists.`);
  const role = newRole(
    { accountId: account.id, path, name },
    { createdAt: now, visibleAt: now + call.consistencyMs },
    trust,
  );
  role.maxSessionSeconds = maxSessionSeconds;
  role.description = params.get("Description") ?? "";
  role.boundaryArn = params.get("PermissionsBoundary") ?? null;
  for (const [key, value] of params.tags("Tags")) role.tags.set(key, value);
  account.roles.add(role);
  return { Role: roleFields(role) };
}

function deleteRole(call: Call): null {
  const role = namedRole(call);
  const profiles = call.account.instanceProfiles.all();
  if (profiles.some((profile) => profile.roleName === role.name)) {
    throw deleteConflict("remove roles from instance profile");
  }
  if (role.inlinePolicies.size > 0) throw deleteConflict("delete policies");
  if (role.attachedPolicies.size > 0) throw deleteConflict("detach all policies");
  call.account.roles.remove(role);
  return null;
}

function listTarget(call: Call): AccessTarget {
  return {
    resource: `arn:aws:iam::${call.account.id}:role${call.params.get("PathPrefix") ?? "/"}`,
  };
}

function listRoles(call: Call): AnswerFields {
  const prefix = call.params.get("PathPrefix") ?? "/";
  const roles = call.account.roles
    .all()
    .filter((role) => isVisible(role, call.now) && role.path.startsWith(prefix));
  return page(call, "Roles", roles, roleFields);
}

function updateRole(call: Call): AnswerFields {
  const role = namedRole(call);
  role.maxSessionSeconds = sessionSecondsParameter(call) ?? role.maxSessionSeconds;
  role.description = call.params.get("Description") ?? role.description;
  return {};
}

function updateTrust(call: Call): null {
  namedRole(call).trust = parseTrust(call.world, call.params.get("PolicyDocument") ?? "");
  return null;
}

function sessionSecondsParameter(call: Call): number | undefined {
  const form = new Form(call.params);
  const seconds = form.optionalInteger(
    "MaxSessionDuration",
    SESSION_SECONDS_MIN,
    SESSION_SECONDS_MAX,
  );
  form.check();
  return seconds;
}

function createProfile(call: Call): AnswerFields {
  const { account, now } = call;
  const name = nameParameter(call, "InstanceProfileName", PROFILE_NAME_MAX);
  if (account.instanceProfiles.isTaken(name)) {
    throw entityExists(`Instance Profile ${name} already exists.`);
  }
  const profile = newInstanceProfile(
    { accountId: account.id, path: pathParameter(call), name },
    { createdAt: now, visibleAt: now + call.consistencyMs },
  );
  account.instanceProfiles.add(profile);
  return { InstanceProfile: profileFields(call, profile) };
}

function deleteProfile(call: Call): null {
  const profile = namedProfile(call);
  if (profile.roleName !== null) throw deleteConflict("remove roles from instance profile");
  call.account.instanceProfiles.remove(profile);
  return null;
}

function addRoleToProfile(call: Call): null {
  const profile = namedProfile(call);
  if (profile.roleName !== null) {
    throw limitExceeded("Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
  }
  profile.roleName = namedRole(call).name;
  return null;
}

function removeRoleFromProfile(call: Call): null {
  const profile = namedProfile(call);
  const role = namedRole(call);
  if (profile.roleName !== role.name) {
    throw noSuchEntity(
      `Role with name ${role.name} cannot be found in instance profile ${profile.name}.`,
    );
  }
  profile.roleName = null;
  return null;
}

function profileTarget(call: Call): AccessTarget {
  const name = call.params.get("InstanceProfileName") ?? "";
  const known = call.account.instanceProfiles.find(name);
  const path = call.params.get("Path") ?? "/";
  return {
    resource:
      known?.arn ?? entityArn("instance-profile", { accountId: call.account.id, path, name }),
  };
}

function namedProfile(call: Call): InstanceProfile {
  const name = nameParameter(call, "InstanceProfileName", PROFILE_NAME_MAX);
  const profile = call.account.instanceProfiles.find(name);
  return found(call, profile, `Instance Profile ${name} cannot be found.`);
}

function namedRole(call: Call): Role {
  return getRole(call, nameParameter(call, "RoleName", ROLE_NAME_MAX));
}

function profileFields(call: Call, profile: InstanceProfile): AnswerFields {
  const role = profile.roleName === null ? undefined : call.account.roles.find(profile.roleName);
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: profile.arn,
    CreateDate: new Date(profile.createdAt),
    Roles: role === undefined ? [] : [roleFields(role)],
  };
}

function roleFields(role: Role): AnswerFields {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: new Date(role.createdAt),
    AssumeRolePolicyDocument: percentEncode(role.trust.text),
    Description: role.description === "" ? undefined : role.description,
    MaxSessionDuration: role.maxSessionSeconds,
    Tags: role.tags.size === 0 ? undefined : tagList(role.tags),
  };
}
