import { answered, effected, told, type Decision } from "@/lib/engine/answer";
import { parseArn } from "@/lib/engine/aws-secrets/arn";
import { readSetting } from "@/lib/engine/aws-secrets/setting-reader";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import { invalidRequest } from "@/lib/engine/errors";
import type { RequestScope } from "@/lib/engine/scope";

const SETTING = "account";

/** A role to assume in another account, or in our own with other rights; empty ARN: none. */
export type AssumableRole = { roleArn: string; externalId: string };

/** What may look at roles of an account, and what may write the denials of ended sessions there. */
export type AwsAccount = { account: string; reader: AssumableRole; revoker: AssumableRole };

export type AwsAccountInput = {
  readerRoleArn: string | undefined;
  readerExternalId: string | undefined;
  revokerRoleArn: string | undefined;
  revokerExternalId: string | undefined;
};

/**
 * Sets what is given and leaves the rest.
 *
 * @throws EngineError `invalid_request`: no account id, or a role of another account.
 */
export async function writeAwsAccount(
  scope: RequestScope,
  account: string,
  input: AwsAccountInput,
): Promise<Decision> {
  if (!/^\d{12}$/.test(account)) throw invalidRequest("an AWS account id has 12 digits");
  const stored = await scope.config.setting(scope.mount.id, SETTING, account);
  const before = stored === null ? NOTHING : fromBody(account, stored.body);
  const next = {
    readerRoleArn: roleOf("reader_role_arn", account, input.readerRoleArn, before.reader.roleArn),
    readerExternalId: input.readerExternalId ?? before.reader.externalId,
    revokerRoleArn: roleOf(
      "revoker_role_arn",
      account,
      input.revokerRoleArn,
      before.revoker.roleArn,
    ),
    revokerExternalId: input.revokerExternalId ?? before.revoker.externalId,
  };
  return effected({
    kind: "put_setting",
    mountId: scope.mount.id,
    setting: SETTING,
    key: account,
    body: next,
    revision: stored?.revision ?? 0,
  });
}

const NOTHING: Omit<AwsAccount, "account"> = {
  reader: { roleArn: "", externalId: "" },
  revoker: { roleArn: "", externalId: "" },
};

function roleOf(name: string, account: string, given: string | undefined, before: string): string {
  if (given === undefined) return before;
  if (given === "") return "";
  const arn = parseArn(given);
  const isRole =
    !(arn instanceof Error) && arn.service === "iam" && /^role\/[^*?]+$/.test(arn.resource);
  if (!isRole) throw invalidRequest(`${name} must be the ARN of an IAM role`);
  if (arn.account !== account) throw invalidRequest(`${name} must be a role of account ${account}`);
  return given;
}

export async function readAwsAccount(scope: RequestScope, account: string): Promise<Decision> {
  const found = await awsAccountOf(scope.config, scope.mount.id, account);
  if (found === null) return answered(null);
  return told({
    reader_role_arn: found.reader.roleArn,
    reader_external_id: found.reader.externalId,
    revoker_role_arn: found.revoker.roleArn,
    revoker_external_id: found.revoker.externalId,
  });
}

export async function listAwsAccounts(scope: RequestScope): Promise<Decision> {
  const keys = await scope.config.settingKeys(scope.mount.id, SETTING);
  return keys.length === 0 ? answered(null) : told({ keys });
}

export function deleteAwsAccount(scope: RequestScope, account: string): Decision {
  return effected({
    kind: "delete_setting",
    mountId: scope.mount.id,
    setting: SETTING,
    key: account,
  });
}

/** What a mount knows of an account; null: nothing. */
export async function awsAccountOf(
  config: ConfigSnapshot,
  mountId: string,
  account: string,
): Promise<AwsAccount | null> {
  const stored = await config.setting(mountId, SETTING, account);
  return stored === null ? null : fromBody(account, stored.body);
}

function fromBody(account: string, body: Parameters<typeof readSetting>[0]): AwsAccount {
  const stored = readSetting(body);
  return {
    account,
    reader: { roleArn: stored.text("readerRoleArn"), externalId: stored.text("readerExternalId") },
    revoker: {
      roleArn: stored.text("revokerRoleArn"),
      externalId: stored.text("revokerExternalId"),
    },
  };
}
