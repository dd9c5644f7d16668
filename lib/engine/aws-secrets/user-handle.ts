import { readSetting } from "@/lib/engine/aws-secrets/setting-reader";
import { EngineError } from "@/lib/engine/errors";
import type { JsonObject } from "@/lib/engine/json";

/** What is kept to remove an IAM user again; never its secrets. */
export type UserHandle = {
  userName: string;
  policyName: string;
  /** Groups it was put into: read from here when IAM does not let us list them. */
  groups: readonly string[];
};

export function userHandleToJson(handle: UserHandle): JsonObject {
  return {
    userName: handle.userName,
    policyName: handle.policyName,
    groups: [...handle.groups],
  };
}

/**
 * Reads the handle of a lease or an intent.
 *
 * @throws EngineError `internal` when it names no user.
 */
export function userHandleOf(stored: JsonObject): UserHandle {
  const body = readSetting(stored);
  const userName = body.text("userName");
  if (userName === "") {
    throw new EngineError("internal", "secret is missing username internal data");
  }
  return { userName, policyName: body.text("policyName"), groups: body.texts("groups") ?? [] };
}
