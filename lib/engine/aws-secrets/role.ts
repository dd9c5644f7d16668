import { type Decision, effected, told } from "@/lib/engine/answer";
import { legacyRole } from "@/lib/engine/aws-secrets/legacy-role";
import { compactPolicyDocument } from "@/lib/engine/aws-secrets/policy-document";
import { validateRole } from "@/lib/engine/aws-secrets/role-validation";
import { readSetting } from "@/lib/engine/aws-secrets/setting-reader";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import { invalidRequest } from "@/lib/engine/errors";
import { goQuote } from "@/lib/engine/go-quote";
import type { JsonObject } from "@/lib/engine/json";
import type { RequestScope } from "@/lib/engine/scope";

const ROLE_SETTING = "role";

/** What a role hands out. Lists and maps are null as long as they were never set. */
export type SecretsRole = {
  /** Two only in roles written with the old `policy` parameter; texts that are no type are refused. */
  credentialTypes: readonly string[];
  policyArns: readonly string[] | null;
  roleArns: readonly string[] | null;
  iamGroups: readonly string[] | null;
  iamTags: Readonly<Record<string, string>> | null;
  sessionTags: Readonly<Record<string, string>> | null;
  policyDocument: string;
  defaultStsTtlSeconds: number;
  maxStsTtlSeconds: number;
  userPath: string;
  permissionsBoundaryArn: string;
  externalId: string;
  mfaSerialNumber: string;
  /** Written with the old parameters: iam_user through `creds/` only, the others through `sts/` only. */
  isLegacy: boolean;
  /** Text of an old role that could not be understood. */
  invalidData: string;
};

type Supplied<T> = { [K in keyof T]?: T[K] | undefined };

/** What a write may name; undefined: not supplied, the stored value stays. */
export type RoleInput = Supplied<
  Omit<SecretsRole, "credentialTypes" | "isLegacy" | "invalidData">
> & {
  credentialType?: string | undefined;
  /** Another name of `roleArns`, as published guides write it. */
  roleArnAlias?: readonly string[] | undefined;
  /** The old parameters; each defines a whole role. */
  policy?: string | undefined;
  arn?: string | undefined;
};

const EMPTY_ROLE: SecretsRole = {
  credentialTypes: [],
  policyArns: null,
  roleArns: null,
  iamGroups: null,
  iamTags: null,
  sessionTags: null,
  policyDocument: "",
  defaultStsTtlSeconds: 0,
  maxStsTtlSeconds: 0,
  userPath: "",
  permissionsBoundaryArn: "",
  externalId: "",
  mfaSerialNumber: "",
  isLegacy: false,
  invalidData: "",
};

/**
 * Stores the role: fields that are given replace the stored ones as a whole, the others stay.
 *
 * @throws EngineError `invalid_request` naming every rule the merged role breaks.
 * @see https://developer.hashicorp.com/vault/api-docs/secret/aws#create-update-role
 */
export async function writeRole(
  scope: RequestScope,
  name: string,
  input: RoleInput,
): Promise<Decision> {
  const setting = await scope.config.setting(scope.mount.id, ROLE_SETTING, name);
  const stored = setting === null ? EMPTY_ROLE : roleFromJson(setting.body);
  const warnings: string[] = [];
  if (stored.invalidData !== "") {
    warnings.push(`Invalid data of ${goQuote(stored.invalidData)} cleared out of role`);
  }
  let role: SecretsRole;
  if (input.policy || input.arn) {
    role = { ...EMPTY_ROLE, ...legacyRole(input), isLegacy: true };
    warnings.push(
      "Detected use of legacy role or policy parameter. Please upgrade to use the new parameters.",
    );
  } else {
    role = mergeRole(stored, input);
    validateRole(role);
  }

  const write = effected({
    kind: "put_setting",
    mountId: scope.mount.id,
    setting: ROLE_SETTING,
    key: name,
    body: roleToJson(role),
    revision: setting?.revision ?? 0,
  });
  return warnings.length === 0 ? write : { ...write, answer: { warnings } };
}

/**
 * The role, or nothing (404).
 *
 * @see https://developer.hashicorp.com/vault/api-docs/secret/aws#read-role
 */
export async function readRole(scope: RequestScope, name: string): Promise<Decision> {
  const role = await findRole(scope.config, scope.mount.id, name);
  if (role === null) return { answer: null, effects: [] };
  return told({
    credential_type: role.credentialTypes.join(","),
    policy_arns: role.policyArns,
    role_arns: role.roleArns,
    iam_groups: role.iamGroups,
    iam_tags: role.iamTags,
    session_tags: role.sessionTags,
    policy_document: role.policyDocument,
    default_sts_ttl: role.defaultStsTtlSeconds,
    max_sts_ttl: role.maxStsTtlSeconds,
    user_path: role.userPath,
    permissions_boundary_arn: role.permissionsBoundaryArn,
    external_id: role.externalId,
    mfa_serial_number: role.mfaSerialNumber,
    ...(role.invalidData !== "" && { invalid_data: role.invalidData }),
  });
}

/** The names of all roles, or nothing (404) when there are none. */
export async function listRoles(scope: RequestScope): Promise<Decision> {
  const keys = await scope.config.settingKeys(scope.mount.id, ROLE_SETTING);
  return keys.length === 0 ? { answer: null, effects: [] } : told({ keys });
}

/** Forgets the role; leases issued from it live on. */
export function deleteRole(scope: RequestScope, name: string): Promise<Decision> {
  return Promise.resolve(
    effected({ kind: "delete_setting", mountId: scope.mount.id, setting: ROLE_SETTING, key: name }),
  );
}

export async function findRole(
  config: ConfigSnapshot,
  mountId: string,
  name: string,
): Promise<SecretsRole | null> {
  const setting = await config.setting(mountId, ROLE_SETTING, name);
  return setting === null ? null : roleFromJson(setting.body);
}

/** All roles of a mount by name, as they are stored. */
export async function listedRoles(
  config: ConfigSnapshot,
  mountId: string,
): Promise<{ name: string; role: SecretsRole; revision: number }[]> {
  const settings = await config.settings(mountId, ROLE_SETTING);
  return settings.map(({ key, body, revision }) => ({
    name: key,
    role: roleFromJson(body),
    revision,
  }));
}

/** The role that a stored document is of. */
export function roleOfBody(body: JsonObject): SecretsRole {
  return roleFromJson(body);
}

function mergeRole(stored: SecretsRole, input: RoleInput): SecretsRole {
  return {
    credentialTypes:
      input.credentialType === undefined ? stored.credentialTypes : [input.credentialType],
    policyArns: input.policyArns ?? stored.policyArns,
    roleArns: roleArnsOf(input) ?? stored.roleArns,
    iamGroups: input.iamGroups ?? stored.iamGroups,
    iamTags: input.iamTags === undefined ? stored.iamTags : input.iamTags,
    sessionTags: input.sessionTags === undefined ? stored.sessionTags : input.sessionTags,
    policyDocument:
      input.policyDocument === undefined
        ? stored.policyDocument
        : compactPolicyDocument(input.policyDocument),
    defaultStsTtlSeconds: input.defaultStsTtlSeconds ?? stored.defaultStsTtlSeconds,
    maxStsTtlSeconds: input.maxStsTtlSeconds ?? stored.maxStsTtlSeconds,
    userPath: input.userPath ?? stored.userPath,
    permissionsBoundaryArn: input.permissionsBoundaryArn ?? stored.permissionsBoundaryArn,
    externalId: input.externalId ?? stored.externalId,
    mfaSerialNumber: input.mfaSerialNumber ?? stored.mfaSerialNumber,
    isLegacy: false,
    invalidData: "",
  };
}

function roleArnsOf(input: RoleInput): readonly string[] | undefined {
  const { roleArns, roleArnAlias } = input;
  if (!roleArns || !roleArnAlias) return roleArns ?? roleArnAlias;
  const same = new Set(roleArns);
  const given = new Set(roleArnAlias);
  if (same.size !== given.size || [...given].some((arn) => !same.has(arn))) {
    throw invalidRequest("cannot supply both role_arn and role_arns with different values");
  }
  return roleArns;
}

function roleToJson(role: SecretsRole): JsonObject {
  return {
    credentialTypes: [...role.credentialTypes],
    policyArns: role.policyArns && [...role.policyArns],
    roleArns: role.roleArns && [...role.roleArns],
    iamGroups: role.iamGroups && [...role.iamGroups],
    iamTags: role.iamTags && { ...role.iamTags },
    sessionTags: role.sessionTags && { ...role.sessionTags },
    policyDocument: role.policyDocument,
    defaultStsTtlSeconds: role.defaultStsTtlSeconds,
    maxStsTtlSeconds: role.maxStsTtlSeconds,
    userPath: role.userPath,
    permissionsBoundaryArn: role.permissionsBoundaryArn,
    externalId: role.externalId,
    mfaSerialNumber: role.mfaSerialNumber,
    isLegacy: role.isLegacy,
    invalidData: role.invalidData,
  };
}

function roleFromJson(stored: JsonObject): SecretsRole {
  const body = readSetting(stored);
  return {
    credentialTypes: body.texts("credentialTypes") ?? [],
    policyArns: body.texts("policyArns"),
    roleArns: body.texts("roleArns"),
    iamGroups: body.texts("iamGroups"),
    iamTags: body.map("iamTags"),
    sessionTags: body.map("sessionTags"),
    policyDocument: body.text("policyDocument"),
    defaultStsTtlSeconds: body.number("defaultStsTtlSeconds", 0),
    maxStsTtlSeconds: body.number("maxStsTtlSeconds", 0),
    userPath: body.text("userPath"),
    permissionsBoundaryArn: body.text("permissionsBoundaryArn"),
    externalId: body.text("externalId"),
    mfaSerialNumber: body.text("mfaSerialNumber"),
    isLegacy: body.flag("isLegacy"),
    invalidData: body.text("invalidData"),
  };
}
