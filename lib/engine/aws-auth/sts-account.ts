import { answered, effected, told, type Decision } from "@/lib/engine/answer";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import { invalidRequest } from "@/lib/engine/errors";
import type { Random } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";

const SETTING = "sts_account";

/** The role to assume before looking at principals or instances of a foreign account. */
export type StsAccount = {
  stsRole: string;
  externalId: string;
  /** New with every write. */
  generation: string;
};

export type StsAccountInput = { stsRole?: string | undefined; externalId?: string | undefined };

/**
 * Sets the role of an account; its ARN is judged when it is used.
 *
 * @throws EngineError `invalid_request` without a role.
 * @see https://developer.hashicorp.com/vault/api-docs/auth/aws#create-sts-role
 */
export async function writeStsAccount(
  ports: { random: Random },
  scope: RequestScope,
  account: string,
  input: StsAccountInput,
): Promise<Decision> {
  const stored = await scope.config.setting(scope.mount.id, SETTING, account);
  if (stored === null && input.stsRole === undefined) throw invalidRequest("missing sts role");
  // Written below only.
  const before = (stored?.body ?? { stsRole: "", externalId: "" }) as StsAccount;
  const stsRole = input.stsRole ?? before.stsRole;
  if (stsRole === "") throw invalidRequest("sts role cannot be empty");
  return effected({
    kind: "put_setting",
    mountId: scope.mount.id,
    setting: SETTING,
    key: account,
    body: {
      stsRole,
      externalId: input.externalId ?? before.externalId,
      generation: ports.random.uuid(),
    },
    revision: stored?.revision ?? 0,
  });
}

export async function readStsAccount(scope: RequestScope, account: string): Promise<Decision> {
  const found = await stsAccountOf(scope.config, scope.mount.id, account);
  if (found === null) return answered(null);
  return told({
    sts_role: found.stsRole,
    ...(found.externalId !== "" && { external_id: found.externalId }),
  });
}

export async function listStsAccounts(scope: RequestScope): Promise<Decision> {
  const keys = await scope.config.settingKeys(scope.mount.id, SETTING);
  return keys.length === 0 ? answered(null) : told({ keys });
}

export function deleteStsAccount(scope: RequestScope, account: string): Decision {
  return effected({
    kind: "delete_setting",
    mountId: scope.mount.id,
    setting: SETTING,
    key: account,
  });
}

/** The role of an account, or null when it has none. */
export async function stsAccountOf(
  config: ConfigSnapshot,
  mountId: string,
  account: string,
): Promise<StsAccount | null> {
  const stored = await config.setting(mountId, SETTING, account);
  // Written by writeStsAccount only.
  return stored === null ? null : (stored.body as StsAccount);
}
