import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";
import type { AwsCallTerms } from "@/lib/aws/aws-secrets-ports";
import { roleReads } from "@/lib/aws/role-reads";
import type { RootAccessOptions } from "@/lib/aws/root-access";
import type { ValidatorPorts } from "@/lib/engine/validator/ports";
import { freshLimits, takeTurn, validatorStore } from "@/lib/postgres/validator";
import { recently } from "@/lib/process/recently";

/** What AWS's logs show of the validator's own calls. */
export const VALIDATOR_AGENT = "leasehold leasehold-validator";
/** Limits are read again after it when somebody issues. */
const LIMITS_MS = 5_000;

/** The validator's memory, and AWS as it asks it. */
export function validatorPorts(
  pool: pg.Pool,
  settings: Omit<RootAccessOptions, "pace">,
  terms?: AwsCallTerms,
): ValidatorPorts {
  const limits = recently(LIMITS_MS, () => freshLimits(pool));
  return {
    aws: {
      ...roleReads(settings, terms),
      turn: async (account) => {
        const ms = await takeTurn(pool, account);
        if (ms > 0) await pause(ms);
      },
    },
    store: validatorStore(pool),
    cachedLimit: async (mountId, targetArn) => {
      return (await limits()).get(`${mountId} ${targetArn}`) ?? null;
    },
  };
}
