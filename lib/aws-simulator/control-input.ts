import type { FaultEffect, FaultRule } from "@/lib/aws-simulator/faults";
import { ControlError, JsonObject } from "@/lib/aws-simulator/json-reader";
import type { Seed, SeedGroup, SeedKey, SeedRole, SeedUser } from "@/lib/aws-simulator/seed";

/** @throws ControlError naming the field that is wrong. */
export function readSeed(body: unknown): Seed {
  return {
    accounts: new JsonObject(body, "seed").objects("accounts", (account) => ({
      id: accountId(account.string("id")),
      rootKeys: account.objects("rootKeys", readKey),
      buckets: account.strings("buckets"),
      policies: account.map("policies", (policy) => policy),
      groups: account.objects("groups", readGroup),
      users: account.objects("users", readUser),
      roles: account.objects("roles", readRole),
      instanceProfiles: account.objects("instanceProfiles", (profile) => ({
        name: profile.string("name"),
        ...given("role", profile.optionalString("role")),
      })),
    })),
  };
}

/** @throws ControlError naming the field that is wrong. */
export function readFaultRules(body: JsonObject): readonly FaultRule[] {
  return body.objects("rules", (rule) => {
    const service = rule.optionalString("service");
    if (service !== undefined && service !== "sts" && service !== "iam" && service !== "s3") {
      throw new ControlError("rules.service must be sts, iam or s3");
    }
    return {
      ...readEffect(rule),
      ...given("service", service),
      ...given("action", rule.optionalString("action")),
      ...given("accountId", rule.optionalString("accountId")),
      ...given("accessKeyId", rule.optionalString("accessKeyId")),
      ...given("times", rule.optionalNumber("times")),
      ...given("probability", rule.optionalNumber("probability")),
    };
  });
}

function readEffect(rule: JsonObject): FaultEffect {
  const effect = rule.string("effect");
  switch (effect) {
    case "latency":
    case "consistency":
      return { effect, ms: rule.optionalNumber("ms") ?? 0 };
    case "error":
      return {
        effect,
        status: rule.optionalNumber("status") ?? 500,
        code: rule.optionalString("code") ?? "InternalFailure",
        message:
          rule.optionalString("message") ??
          "The request processing has failed because of an unknown error, exception or failure.",
      };
    case "throttle":
    case "lostRequest":
    case "lostReply":
      return { effect };
    default:
      throw new ControlError(
        "rules.effect must be latency, throttle, error, lostRequest, lostReply or consistency",
      );
  }
}

function readKey(key: JsonObject): SeedKey {
  return {
    accessKeyId: key.string("accessKeyId"),
    secretAccessKey: key.string("secretAccessKey"),
  };
}

function readGroup(group: JsonObject): SeedGroup {
  return { ...readHolder(group) };
}

function readUser(user: JsonObject): SeedUser {
  const sshPublicKeyIds = user.raw("sshPublicKeyIds");
  const mfaDevices = user.raw("mfaDevices");
  return {
    ...readHolder(user),
    accessKeys: user.objects("accessKeys", readKey),
    groups: user.strings("groups"),
    tags: user.stringMap("tags"),
    ...given("permissionsBoundary", user.optionalString("permissionsBoundary")),
    ...given("loginProfile", user.optionalFlag("loginProfile")),
    ...(sshPublicKeyIds === undefined ? {} : { sshPublicKeyIds: user.strings("sshPublicKeyIds") }),
    ...(mfaDevices === undefined
      ? {}
      : {
          mfaDevices: user.objects("mfaDevices", (device) => ({
            serialNumber: device.string("serialNumber"),
            ...given("tokenCode", device.optionalString("tokenCode")),
          })),
        }),
  };
}

function readRole(role: JsonObject): SeedRole {
  return {
    ...readHolder(role),
    trust: role.raw("trust"),
    tags: role.stringMap("tags"),
    ...given("maxSessionSeconds", role.optionalNumber("maxSessionSeconds")),
    ...given("permissionsBoundary", role.optionalString("permissionsBoundary")),
  };
}

function readHolder(holder: JsonObject) {
  return {
    name: holder.string("name"),
    ...given("path", holder.optionalString("path")),
    inlinePolicies: holder.map("inlinePolicies", (policy) => policy),
    attachedPolicies: holder.strings("attachedPolicies"),
  };
}

function accountId(id: string): string {
  if (!/^\d{12}$/.test(id)) throw new ControlError(`${id} is not an account id of 12 digits`);
  return id;
}

/** The field, or nothing when it has no value. */
function given<K extends string, const V>(field: K, value: V | undefined): Partial<Record<K, V>> {
  const fields: Partial<Record<K, V>> = {};
  if (value !== undefined) fields[field] = value;
  return fields;
}
