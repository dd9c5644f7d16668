import type { ActionTable, Call } from "@/lib/aws-simulator/call";
import { deleteConflict, entityExists, limitExceeded } from "@/lib/aws-simulator/errors";
import {
  getGroup,
  groupTarget,
  nameParameter,
  page,
  pathParameter,
  userTarget,
} from "@/lib/aws-simulator/iam-entities";
import { namedUser } from "@/lib/aws-simulator/iam-users";
import { newGroup } from "@/lib/aws-simulator/new-entities";
import type { Group } from "@/lib/aws-simulator/state";
import type { AnswerFields } from "@/lib/aws-simulator/xml";

const GROUPS_PER_USER_MAX = 10;
const NAME_CHARACTERS_MAX = 128;

export const GROUP_ACTIONS: ActionTable = {
  CreateGroup: { target: groupTarget, handle: createGroup },
  GetGroup: { target: groupTarget, handle: describeGroup },
  DeleteGroup: { target: groupTarget, handle: deleteGroup },
  AddUserToGroup: { target: groupTarget, handle: addUserToGroup },
  RemoveUserFromGroup: { target: groupTarget, handle: removeUserFromGroup },
  ListGroupsForUser: { target: userTarget, handle: listGroupsForUser },
};

function createGroup(call: Call): AnswerFields {
  const { account, now } = call;
  const name = nameParameter(call, "GroupName", NAME_CHARACTERS_MAX);
  const path = pathParameter(call);
  if (account.groups.isTaken(name)) throw entityExists(`Group with name ${name} already exists.`);
  const group = newGroup(
    { accountId: account.id, path, name },
    { createdAt: now, visibleAt: now + call.consistencyMs },
  );
  account.groups.add(group);
  return { Group: groupFields(group) };
}

function describeGroup(call: Call): AnswerFields {
  const group = namedGroup(call);
  const members = call.account.users.all().filter((user) => user.groups.has(group.name));
  return {
    Group: groupFields(group),
    ...page(call, "Users", members, (user) => ({
      Path: user.path,
      UserName: user.name,
      UserId: user.id,
      Arn: user.arn,
      CreateDate: new Date(user.createdAt),
    })),
  };
}

function deleteGroup(call: Call): null {
  const group = namedGroup(call);
  if (call.account.users.all().some((user) => user.groups.has(group.name))) {
    throw deleteConflict("remove users from group");
  }
  if (group.inlinePolicies.size > 0) throw deleteConflict("delete policies");
  if (group.attachedPolicies.size > 0) throw deleteConflict("detach all policies");
  call.account.groups.remove(group);
  return null;
}

function addUserToGroup(call: Call): null {
  const group = namedGroup(call);
  const user = namedUser(call);
  if (!user.groups.has(group.name) && user.groups.size >= GROUPS_PER_USER_MAX) {
    throw limitExceeded(`Cannot exceed quota for GroupsPerUser: ${GROUPS_PER_USER_MAX}`);
  }
  user.groups.set(group.name, user.groups.get(group.name) ?? call.now + call.consistencyMs);
  return null;
}

/** Not being a member is no error. */
function removeUserFromGroup(call: Call): null {
  const group = namedGroup(call);
  namedUser(call).groups.delete(group.name);
  return null;
}

function listGroupsForUser(call: Call): AnswerFields {
  const groups = [...namedUser(call).groups.keys()].flatMap(
    (name) => call.account.groups.find(name) ?? [],
  );
  return page(call, "Groups", groups, groupFields);
}

function namedGroup(call: Call): Group {
  return getGroup(call, nameParameter(call, "GroupName", NAME_CHARACTERS_MAX));
}

function groupFields(group: Group): AnswerFields {
  return {
    Path: group.path,
    GroupName: group.name,
    GroupId: group.id,
    Arn: group.arn,
    CreateDate: new Date(group.createdAt),
  };
}
