import type { ActionTable, Call } from "@/lib/aws-simulator/call";
import { limitExceeded, noSuchEntity, validationError } from "@/lib/aws-simulator/errors";
import { page, userTarget } from "@/lib/aws-simulator/iam-entities";
import { callersUser } from "@/lib/aws-simulator/iam-users";
import {
  type AccessKey,
  addAccessKey,
  isVisible,
  type RootUser,
  secretAccessKey,
  uniqueId,
  type User,
} from "@/lib/aws-simulator/state";
import type { AnswerFields } from "@/lib/aws-simulator/xml";

const KEYS_PER_USER_MAX = 2;

export const ACCESS_KEY_ACTIONS: ActionTable = {
  CreateAccessKey: { target: userTarget, handle: createAccessKey },
  ListAccessKeys: { target: userTarget, handle: listAccessKeys },
  UpdateAccessKey: { target: userTarget, handle: updateAccessKey },
  DeleteAccessKey: { target: userTarget, handle: deleteAccessKey },
};

function createAccessKey(call: Call): AnswerFields {
  const owner = keyOwner(call);
  if (owner.keys.size >= KEYS_PER_USER_MAX) {
    throw limitExceeded(`Cannot exceed quota for AccessKeysPerUser: ${KEYS_PER_USER_MAX}`);
  }
  const key: AccessKey = {
    id: uniqueId("AKIA"),
    secret: secretAccessKey(),
    owner,
    createdAt: call.now,
    visibleAt: call.now + call.consistencyMs,
    status: "Active",
    honouredUntil: null,
  };
  addAccessKey(call.world, key);
  return { AccessKey: { ...keyFields(key), SecretAccessKey: key.secret } };
}

function listAccessKeys(call: Call): AnswerFields {
  const keys = [...keyOwner(call).keys].filter((key) => isVisible(key, call.now));
  return page(call, "AccessKeyMetadata", keys, keyFields);
}

function updateAccessKey(call: Call): null {
  const key = namedKey(call);
  const status = call.params.get("Status");
  if (status !== "Active" && status !== "Inactive") {
    throw validationError(
      `1 validation error detected: Value '${status ?? ""}' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Active, Inactive]`,
    );
  }
  key.honouredUntil = status === "Active" ? null : call.now + call.consistencyMs;
  key.status = status;
  return null;
}

/** A deleted key may go on working for a while where IAM has not heard of it yet. */
function deleteAccessKey(call: Call): null {
  const key = namedKey(call);
  key.owner.keys.delete(key);
  key.status = "Inactive";
  key.honouredUntil = call.now + call.consistencyMs;
  if (call.consistencyMs === 0) call.world.accessKeys.delete(key.id);
  return null;
}

function namedKey(call: Call): AccessKey {
  const id = call.params.get("AccessKeyId") ?? "";
  const key = [...keyOwner(call).keys].find((entry) => entry.id === id);
  if (key === undefined) throw noSuchEntity(`The Access Key with id ${id} cannot be found.`);
  return key;
}

function keyOwner(call: Call): User | RootUser {
  const { holder } = call.caller;
  const own = call.params.get("UserName") === undefined;
  return own && holder.kind === "root" ? holder : callersUser(call);
}

function keyFields(key: AccessKey) {
  return {
    UserName: key.owner.kind === "user" ? key.owner.name : undefined,
    AccessKeyId: key.id,
    Status: key.status,
    CreateDate: new Date(key.createdAt),
  };
}
