import { type Decision, effected, told } from "@/lib/engine/answer";
import { readSetting } from "@/lib/engine/aws-secrets/setting-reader";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import { invalidRequest } from "@/lib/engine/errors";
import type { RequestScope } from "@/lib/engine/scope";

const SETTING = "validator";
const KEY = "config";
const DRIFT_SECONDS_DEFAULT = 6 * 3600;
const DRIFT_SECONDS_MIN = 900;
const DRIFT_SECONDS_MAX = 7 * 86_400;

const MODES = ["off", "advise", "warn", "enforce"] as const;
const ISSUANCE = ["pass", "fail_fast"] as const;

export type ValidatorConfig = {
  /** What a write of a role is told: nothing, nothing, warnings, or a refusal. `off` checks nothing. */
  mode: (typeof MODES)[number];
  /** `fail_fast`: what AWS is known to refuse is not asked for. */
  issuance: (typeof ISSUANCE)[number];
  /** Whether a target that may not be read is assumed instead, with a session that may do nothing. */
  probe: boolean;
  driftIntervalSeconds: number;
};

const DEFAULTS: ValidatorConfig = {
  mode: "advise",
  issuance: "pass",
  probe: false,
  driftIntervalSeconds: DRIFT_SECONDS_DEFAULT,
};

export type ValidatorInput = {
  mode: string | undefined;
  issuance: string | undefined;
  probe: boolean | undefined;
  driftIntervalSeconds: number | undefined;
};

export async function validatorConfigOf(
  config: ConfigSnapshot,
  mountId: string,
): Promise<ValidatorConfig> {
  const stored = await config.setting(mountId, SETTING, KEY);
  if (stored === null) return DEFAULTS;
  const body = readSetting(stored.body);
  return {
    mode: MODES.find((mode) => mode === body.text("mode")) ?? DEFAULTS.mode,
    issuance: ISSUANCE.find((one) => one === body.text("issuance")) ?? DEFAULTS.issuance,
    probe: body.flag("probe"),
    driftIntervalSeconds: body.number("driftIntervalSeconds", DRIFT_SECONDS_DEFAULT),
  };
}

export async function readValidatorConfig(scope: RequestScope): Promise<Decision> {
  const { driftIntervalSeconds, ...config } = await validatorConfigOf(scope.config, scope.mount.id);
  return told({ ...config, drift_interval: driftIntervalSeconds });
}

/**
 * Sets what is given and leaves the rest.
 *
 * @throws EngineError `invalid_request`
 */
export async function writeValidatorConfig(
  scope: RequestScope,
  input: ValidatorInput,
): Promise<Decision> {
  const stored = await scope.config.setting(scope.mount.id, SETTING, KEY);
  const before = await validatorConfigOf(scope.config, scope.mount.id);
  const driftIntervalSeconds = input.driftIntervalSeconds ?? before.driftIntervalSeconds;
  if (driftIntervalSeconds < DRIFT_SECONDS_MIN || driftIntervalSeconds > DRIFT_SECONDS_MAX) {
    throw invalidRequest("drift_interval must be from 15m to 7d");
  }
  return effected({
    kind: "put_setting",
    mountId: scope.mount.id,
    setting: SETTING,
    key: KEY,
    body: {
      mode: oneOf("mode", input.mode ?? before.mode, MODES),
      issuance: oneOf("issuance", input.issuance ?? before.issuance, ISSUANCE),
      probe: input.probe ?? before.probe,
      driftIntervalSeconds,
    },
    revision: stored?.revision ?? 0,
  });
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw invalidRequest(`${name} must be one of ${allowed.join(", ")}`);
  return found;
}
