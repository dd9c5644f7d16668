import { effected, told, type Decision } from "@/lib/engine/answer";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import { invalidRequest } from "@/lib/engine/errors";
import type { JsonObject } from "@/lib/engine/json";
import type { RequestScope } from "@/lib/engine/scope";

const SETTING = "identity";
const KEY = "config";

const IAM_ALIASES = ["role_id", "unique_id", "full_arn", "canonical_arn"] as const;
const EC2_ALIASES = ["role_id", "instance_id", "image_id"] as const;
export type IamAlias = (typeof IAM_ALIASES)[number];
export type Ec2Alias = (typeof EC2_ALIASES)[number];

const DEFAULT_METADATA: readonly string[] = ["account_id", "auth_type"];
const IAM_METADATA: readonly string[] = [
  ...DEFAULT_METADATA,
  "canonical_arn",
  "client_arn",
  "client_user_id",
  "inferred_aws_region",
  "inferred_entity_id",
  "inferred_entity_type",
  "inferred_hostname",
];
const EC2_METADATA: readonly string[] = [...DEFAULT_METADATA, "ami_id", "instance_id", "region"];

/** How logins become entities and what of them is shown in token metadata. */
export type IdentityConfig = {
  iamAlias: IamAlias;
  ec2Alias: Ec2Alias;
  iamMetadata: readonly string[];
  ec2Metadata: readonly string[];
};

export type IdentityConfigInput = {
  iamAlias?: string | undefined;
  ec2Alias?: string | undefined;
  iamMetadata?: readonly string[] | undefined;
  ec2Metadata?: readonly string[] | undefined;
};

export async function readIdentityConfig(scope: RequestScope): Promise<Decision> {
  const config = await identityConfigOf(scope.config, scope.mount.id);
  return told({
    iam_alias: config.iamAlias,
    iam_metadata: config.iamMetadata,
    ec2_alias: config.ec2Alias,
    ec2_metadata: config.ec2Metadata,
  });
}

/**
 * Changes what was supplied, all of it or nothing.
 *
 * @throws EngineError `invalid_request`
 * @see https://developer.hashicorp.com/vault/api-docs/auth/aws#configure-identity-integration
 */
export async function writeIdentityConfig(
  scope: RequestScope,
  input: IdentityConfigInput,
): Promise<Decision> {
  const stored = await scope.config.setting(scope.mount.id, SETTING, KEY);
  const body: JsonObject = { ...stored?.body };
  if (input.iamAlias !== undefined) {
    body["iamAlias"] = oneOf("iam_alias", input.iamAlias, IAM_ALIASES);
  }
  if (input.ec2Alias !== undefined) {
    body["ec2Alias"] = oneOf("ec2_alias", input.ec2Alias, EC2_ALIASES);
  }
  if (input.iamMetadata !== undefined) {
    body["iamMetadata"] = metadataOf(input.iamMetadata, IAM_METADATA);
  }
  if (input.ec2Metadata !== undefined) {
    body["ec2Metadata"] = metadataOf(input.ec2Metadata, EC2_METADATA);
  }
  return effected({
    kind: "put_setting",
    mountId: scope.mount.id,
    setting: SETTING,
    key: KEY,
    body,
    revision: stored?.revision ?? 0,
  });
}

/** The mount's identity configuration; what was never written has its default. */
export async function identityConfigOf(
  config: ConfigSnapshot,
  mountId: string,
): Promise<IdentityConfig> {
  const stored = await config.setting(mountId, SETTING, KEY);
  // Written by writeIdentityConfig only; a metadata list of null means the defaults.
  const body = (stored?.body ?? {}) as {
    iamAlias?: IamAlias;
    ec2Alias?: Ec2Alias;
    iamMetadata?: string[] | null;
    ec2Metadata?: string[] | null;
  };
  return {
    iamAlias: body.iamAlias ?? "role_id",
    ec2Alias: body.ec2Alias ?? "role_id",
    iamMetadata: body.iamMetadata ?? DEFAULT_METADATA,
    ec2Metadata: body.ec2Metadata ?? DEFAULT_METADATA,
  };
}

function oneOf(field: string, value: string, allowed: readonly string[]): string {
  if (!allowed.includes(value)) {
    throw invalidRequest(
      `${field} of "${value}" not in set of allowed values: [${allowed.join(" ")}]`,
    );
  }
  return value;
}

/** Null: back to the defaults, whatever they become. */
function metadataOf(given: readonly string[], available: readonly string[]): string[] | null {
  const folded = given.map((name) => name.trim().toLowerCase()).filter((name) => name !== "");
  const names = [...new Set(folded)].sort();
  if (names.length === 1 && names[0] === "default") return null;
  if (names.includes("default")) {
    const list = names.map((name) => `"${name}"`).join(" ");
    throw invalidRequest(
      `[${list}] contains default - default can't be used in combination with other fields`,
    );
  }
  if (names.some((name) => !available.includes(name))) {
    throw invalidRequest(
      `"${names.join(", ")}" contains an unavailable field, please select from "${available.join(", ")}"`,
    );
  }
  return names;
}
