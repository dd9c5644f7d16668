import { type Action, type ActionTable, type Call, tagContext } from "@/lib/aws-simulator/call";
import {
  deleteConflict,
  entityExists,
  limitExceeded,
  noSuchEntity,
  validationError,
} from "@/lib/aws-simulator/errors";
import {
  getUser,
  nameParameter,
  page,
  pathParameter,
  tagList,
  userTarget,
} from "@/lib/aws-simulator/iam-entities";
import { findManagedPolicy } from "@/lib/aws-simulator/managed-policies";
import { newUser } from "@/lib/aws-simulator/new-entities";
import { isVisible, type User } from "@/lib/aws-simulator/state";
import type { AnswerFields } from "@/lib/aws-simulator/xml";

const NAME_CHARACTERS_MAX = 64;
const TAGS_MAX = 50;

export const USER_ACTIONS: ActionTable = {
  CreateUser: {
    target: (call) => withTags(call),
    handle: createUser,
  },
  GetUser: { target: userTarget, handle: describeUser },
  DeleteUser: { target: userTarget, handle: deleteUser },
  ListUsers: { target: listTarget, handle: listUsers },
  TagUser: { target: (call) => withTags(call), handle: tagUser },
  UntagUser: { target: userTarget, handle: untagUser },
  ListUserTags: {
    target: userTarget,
    handle: (call) => page(call, "Tags", [...namedUser(call).tags], tagEntry),
  },
  PutUserPermissionsBoundary: { target: userTarget, handle: putBoundary },
  DeleteUserPermissionsBoundary: { target: userTarget, handle: deleteBoundary },
  CreateLoginProfile: { target: userTarget, handle: createLoginProfile },
  GetLoginProfile: { target: userTarget, handle: getLoginProfile },
  DeleteLoginProfile: { target: userTarget, handle: deleteLoginProfile },
  ListMFADevices: { target: userTarget, handle: listMfaDevices },
  ListSSHPublicKeys: { target: userTarget, handle: listSshPublicKeys },
  ListSigningCertificates: emptyList("Certificates"),
  ListServiceSpecificCredentials: emptyList("ServiceSpecificCredentials"),
};

function createUser(call: Call): AnswerFields {
  const { account, now, params } = call;
  const name = nameParameter(call, "UserName", NAME_CHARACTERS_MAX);
  const path = pathParameter(call);
  const tags = tagsParameter(call);
  const boundaryArn = params.get("PermissionsBoundary") ?? null;
  if (boundaryArn !== null) requireBoundary(call, boundaryArn);
  if (account.users.isTaken(name)) throw entityExists(`User with name ${name} already exists.`);
  const user = newUser(
    { accountId: account.id, path, name },
    { createdAt: now, visibleAt: now + call.consistencyMs },
  );
  user.boundaryArn = boundaryArn;
  for (const [key, value] of tags) user.tags.set(key, value);
  account.users.add(user);
  return { User: userFields(user) };
}

function describeUser(call: Call): AnswerFields {
  const { account, caller, params } = call;
  if (params.get("UserName") === undefined && caller.holder.kind === "root") {
    return {
      User: {
        UserId: account.id,
        Arn: caller.arn,
        CreateDate: new Date(0),
        Path: "/",
        UserName: "root",
      },
    };
  }
  return { User: userFields(callersUser(call)) };
}

/** Everything that hangs on a user must be gone first, in the order in which AWS names it. */
function deleteUser(call: Call): null {
  const user = namedUser(call);
  const obstacles: readonly (readonly [boolean, string])[] = [
    [user.groups.size > 0, "remove users from group"],
    [user.keys.size > 0, "delete access keys"],
    [user.loginProfileAt !== null, "delete login profile"],
    [user.mfaDevices.length > 0, "delete MFA device"],
    [user.sshPublicKeyIds.length > 0, "delete SSH public keys"],
    [user.inlinePolicies.size > 0, "delete policies"],
    [user.attachedPolicies.size > 0, "detach all policies"],
  ];
  const obstacle = obstacles.find(([holds]) => holds);
  if (obstacle !== undefined) throw deleteConflict(obstacle[1]);
  call.account.users.remove(user);
  return null;
}

function listTarget(call: Call): { resource: string } {
  return {
    resource: `arn:aws:iam::${call.account.id}:user${call.params.get("PathPrefix") ?? "/"}`,
  };
}

function listUsers(call: Call): AnswerFields {
  const prefix = call.params.get("PathPrefix") ?? "/";
  const users = call.account.users
    .all()
    .filter((user) => isVisible(user, call.now) && user.path.startsWith(prefix));
  return page(call, "Users", users, (user) => {
    const { Tags: _tags, PermissionsBoundary: _boundary, ...fields } = userFields(user);
    return fields;
  });
}

function tagUser(call: Call): null {
  const user = namedUser(call);
  const tags = new Map([...user.tags, ...tagsParameter(call)]);
  if (tags.size > TAGS_MAX) {
    throw limitExceeded(`The number of tags has reached the maximum limit: ${TAGS_MAX}`);
  }
  for (const [key, value] of tags) user.tags.set(key, value);
  return null;
}

function untagUser(call: Call): null {
  const user = namedUser(call);
  for (const key of call.params.list("TagKeys")) user.tags.delete(key);
  return null;
}

function putBoundary(call: Call): null {
  const user = namedUser(call);
  const arn = call.params.get("PermissionsBoundary") ?? "";
  requireBoundary(call, arn);
  user.boundaryArn = arn;
  return null;
}

function deleteBoundary(call: Call): null {
  const user = namedUser(call);
  if (user.boundaryArn === null) {
    throw noSuchEntity(`User ${user.name} does not have a permission boundary.`);
  }
  user.boundaryArn = null;
  return null;
}

function requireBoundary(call: Call, arn: string): void {
  if (findManagedPolicy(call.world, arn, call.now) === null) {
    throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`);
  }
}

function createLoginProfile(call: Call): AnswerFields {
  const user = namedUser(call);
  if (user.loginProfileAt !== null) {
    throw entityExists(`Login Profile for user ${user.name} already exists.`);
  }
  user.loginProfileAt = call.now;
  return loginProfileFields(user, call.now);
}

function getLoginProfile(call: Call): AnswerFields {
  const user = callersUser(call);
  if (user.loginProfileAt === null) throw noLoginProfile(user);
  return loginProfileFields(user, user.loginProfileAt);
}

function deleteLoginProfile(call: Call): null {
  const user = callersUser(call);
  if (user.loginProfileAt === null) throw noLoginProfile(user);
  user.loginProfileAt = null;
  return null;
}

function loginProfileFields(user: User, createdAt: number): AnswerFields {
  return {
    LoginProfile: {
      UserName: user.name,
      CreateDate: new Date(createdAt),
      PasswordResetRequired: false,
    },
  };
}

function noLoginProfile(user: User): Error {
  return noSuchEntity(`Login Profile for User ${user.name} cannot be found.`);
}

function listMfaDevices(call: Call): AnswerFields {
  const user = callersUser(call);
  return page(call, "MFADevices", user.mfaDevices, ({ serialNumber }) => ({
    UserName: user.name,
    SerialNumber: serialNumber,
    EnableDate: new Date(user.createdAt),
  }));
}

function listSshPublicKeys(call: Call): AnswerFields {
  const user = callersUser(call);
  return page(call, "SSHPublicKeys", user.sshPublicKeyIds, (id) => ({
    UserName: user.name,
    SSHPublicKeyId: id,
    Status: "Active",
    UploadDate: new Date(user.createdAt),
  }));
}

function emptyList(field: string): Action {
  return {
    target: userTarget,
    handle: (call) => {
      callersUser(call);
      return { [field]: [], IsTruncated: false };
    },
  };
}

export function namedUser(call: Call): User {
  return getUser(call, nameParameter(call, "UserName", 128));
}

/** The named user, or the caller. @throws AwsError `ValidationError` when that is no user. */
export function callersUser(call: Call): User {
  if (call.params.get("UserName") !== undefined) return namedUser(call);
  const { holder, kind } = call.caller;
  if (kind !== "user" || holder.kind !== "user") {
    throw validationError("Must specify userName when calling with non-User credentials");
  }
  return holder;
}

function userFields(user: User) {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: user.arn,
    CreateDate: new Date(user.createdAt),
    PermissionsBoundary:
      user.boundaryArn === null
        ? undefined
        : {
            PermissionsBoundaryType: "PermissionsBoundaryPolicy",
            PermissionsBoundaryArn: user.boundaryArn,
          },
    Tags: user.tags.size === 0 ? undefined : tagList(user.tags),
  };
}

function tagsParameter(call: Call): ReadonlyMap<string, string> {
  return call.params.tags("Tags");
}

function tagEntry([key, value]: readonly [string, string]) {
  return { Key: key, Value: value };
}

function withTags(call: Call) {
  const target = userTarget(call);
  return {
    ...target,
    context: [...(target.context ?? []), ...tagContext(tagsParameter(call))],
  };
}
