import type { AccessTarget, Call } from "@/lib/aws-simulator/call";
import { noSuchEntity, validationError } from "@/lib/aws-simulator/errors";
import { Form } from "@/lib/aws-simulator/query";
import { entityArn } from "@/lib/aws-simulator/new-entities";
import {
  type Entity,
  type Group,
  isVisible,
  type Role,
  type User,
} from "@/lib/aws-simulator/state";
import type { AnswerFields, AnswerValue } from "@/lib/aws-simulator/xml";

const PAGE_ITEMS_DEFAULT = 100;
const PAGE_ITEMS_MAX = 1000;

/** A required name such as `UserName`. @throws AwsError `ValidationError`. */
export function nameParameter(call: Call, field: string, max: number): string {
  const form = new Form(call.params);
  const name = form.text(field, { min: 1, max });
  form.check();
  if (!/^[\w+=,.@-]+$/.test(name)) {
    const label = field.charAt(0).toLowerCase() + field.slice(1);
    throw validationError(
      `The specified value for ${label} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
    );
  }
  return name;
}

export function pathParameter(call: Call, field = "Path"): string {
  const path = call.params.get(field) ?? "/";
  if (!/^\/([\x21-\x7e]+\/)?$/.test(path) || path.length > 512) {
    throw validationError(
      "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.",
    );
  }
  return path;
}

/** A user that reads may see by now. @throws AwsError `NoSuchEntity`. */
export function getUser(call: Call, name: string): User {
  return found(call, call.account.users.find(name), `The user with name ${name} cannot be found.`);
}

export function getGroup(call: Call, name: string): Group {
  return found(
    call,
    call.account.groups.find(name),
    `The group with name ${name} cannot be found.`,
  );
}

export function getRole(call: Call, name: string): Role {
  return found(call, call.account.roles.find(name), `The role with name ${name} cannot be found.`);
}

export function found<E extends Entity>(call: Call, entity: E | undefined, message: string): E {
  if (entity === undefined || !isVisible(entity, call.now)) throw noSuchEntity(message);
  return entity;
}

/** The user that a call is about; without `UserName` it is the caller. */
export function userTarget(call: Call): AccessTarget {
  const { accountId, holder } = call.caller;
  const name = call.params.get("UserName") ?? (holder.kind === "user" ? holder.name : "");
  const user = call.account.users.find(name);
  const boundary = call.params.get("PermissionsBoundary") ?? user?.boundaryArn ?? null;
  const policyArn = call.params.get("PolicyArn");
  return {
    resource: user?.arn ?? entityArn("user", { accountId, path: pathOf(call), name }),
    context: [
      ...(boundary === null ? [] : [["iam:permissionsboundary", [boundary]] as const]),
      ...(policyArn === undefined ? [] : [["iam:policyarn", [policyArn]] as const]),
      ...[...(user?.tags ?? [])].map(
        ([key, value]) => [`iam:resourcetag/${key.toLowerCase()}`, [value]] as const,
      ),
    ],
  };
}

export function groupTarget(call: Call): AccessTarget {
  return { resource: targetArn(call, "group", call.params.get("GroupName") ?? "") };
}

export function roleTarget(call: Call): AccessTarget {
  const policyArn = call.params.get("PolicyArn");
  return {
    resource: targetArn(call, "role", call.params.get("RoleName") ?? ""),
    context: policyArn === undefined ? [] : [["iam:policyarn", [policyArn]]],
  };
}

function targetArn(call: Call, kind: "group" | "role", name: string): string {
  const known = kind === "group" ? call.account.groups.find(name) : call.account.roles.find(name);
  return known?.arn ?? entityArn(kind, { accountId: call.account.id, path: pathOf(call), name });
}

function pathOf(call: Call): string {
  return call.params.get("Path") ?? "/";
}

/** One page of a list, by `Marker` and `MaxItems`. @throws AwsError `ValidationError`. */
export function page<T>(
  call: Call,
  field: string,
  items: readonly T[],
  describe: (item: T) => AnswerValue,
): AnswerFields {
  const form = new Form(call.params);
  const asked = form.optionalInteger("MaxItems", 1, PAGE_ITEMS_MAX) ?? PAGE_ITEMS_DEFAULT;
  const size = Math.min(asked, call.world.pageItemsMax);
  const marker = form.optionalText("Marker");
  form.check();
  const from = marker === undefined ? 0 : Number(Buffer.from(marker, "base64").toString("utf8"));
  if (!Number.isSafeInteger(from) || from < 0) throw validationError("Invalid Marker.");
  const next = from + size;
  const truncated = next < items.length;
  return {
    [field]: items.slice(from, next).map(describe),
    IsTruncated: truncated,
    Marker: truncated ? Buffer.from(String(next)).toString("base64") : undefined,
  };
}

export function tagList(tags: ReadonlyMap<string, string>): AnswerValue {
  return [...tags].map(([key, value]) => ({ Key: key, Value: value }));
}
