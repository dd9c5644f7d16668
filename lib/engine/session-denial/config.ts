import { effected, told, type Decision } from "@/lib/engine/answer";
import { readSetting } from "@/lib/engine/aws-secrets/setting-reader";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import { invalidRequest } from "@/lib/engine/errors";
import type { RequestScope } from "@/lib/engine/scope";

const SETTING = "revocation";
const KEY = "default";

/** What a mount does at AWS about sessions that end before their time. */
export type RevocationConfig = {
  mode: "off" | "deny_session";
  /** Where the policy has no room for another session. */
  overflow: "refuse" | "cut";
};

export type RevocationInput = { mode: string | undefined; overflow: string | undefined };

const OFF: RevocationConfig = { mode: "off", overflow: "refuse" };

export async function revocationConfigOf(
  config: ConfigSnapshot,
  mountId: string,
): Promise<RevocationConfig> {
  const stored = await config.setting(mountId, SETTING, KEY);
  if (stored === null) return OFF;
  const body = readSetting(stored.body);
  return {
    mode: body.text("mode") === "deny_session" ? "deny_session" : "off",
    overflow: body.text("overflow") === "cut" ? "cut" : "refuse",
  };
}

export async function readRevocationConfig(scope: RequestScope): Promise<Decision> {
  return told(await revocationConfigOf(scope.config, scope.mount.id));
}

/**
 * Sets what is given and leaves the rest. It counts for sessions that live already, too.
 *
 * @throws EngineError `invalid_request`
 */
export async function writeRevocationConfig(
  scope: RequestScope,
  input: RevocationInput,
): Promise<Decision> {
  const stored = await scope.config.setting(scope.mount.id, SETTING, KEY);
  const before = await revocationConfigOf(scope.config, scope.mount.id);
  const mode = oneOf("mode", input.mode ?? before.mode, ["off", "deny_session"]);
  const overflow = oneOf("overflow", input.overflow ?? before.overflow, ["refuse", "cut"]);
  return effected(
    {
      kind: "put_setting",
      mountId: scope.mount.id,
      setting: SETTING,
      key: KEY,
      body: { mode, overflow },
      revision: stored?.revision ?? 0,
    },
    { kind: "need_undo", mountId: scope.mount.id, needed: mode === "deny_session" },
  );
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw invalidRequest(`${name} must be one of ${allowed.join(", ")}`);
  return found;
}
