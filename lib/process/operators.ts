import type pg from "pg";
import type { Config } from "@/lib/config";
import { awaitsFirstOperator, firstOperatorCode } from "@/lib/engine/console/first-operator";
import { CONSOLE_OIDC_PATH, consoleOidcMount } from "@/lib/engine/console/oidc";
import { isEngineError } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";
import { isInitialised } from "@/lib/postgres/installation";

/**
 * Makes the console ready for its operators: the built-in mount of a sign-in provider that is
 * configured.
 *
 * @returns the code that lets somebody create the first operator; null when there is one, or when it
 *   is not for this process to ask.
 */
export async function prepareOperators(
  config: Config,
  pool: pg.Pool,
  ports: Ports,
): Promise<string | null> {
  if (!config.roles.console) return null;
  const { initialized, sealed } = await isInitialised(pool);
  if (!initialized || sealed) return null;
  if (config.oidc !== null) await ensureOidcMount(ports);
  const isAwaited = await awaitsFirstOperator(await ports.extras.snapshot());
  return isAwaited ? firstOperatorCode(ports) : null;
}

async function ensureOidcMount(ports: Ports): Promise<void> {
  const config = await ports.extras.snapshot();
  const path = `auth/${CONSOLE_OIDC_PATH}`;
  if (config.mounts.byFullPath(path) !== null) return;
  try {
    await ports.commit([consoleOidcMount(ports)], {
      name: "console.oidc_enabled",
      path,
      detail: {},
    });
  } catch (error) {
    // Another instance, started at the same moment, was first.
    if (!isEngineError(error) || error.kind !== "invalid_request") throw error;
  }
}
