import { timingSafeEqual } from "node:crypto";
import type pg from "pg";
import type { Config } from "@/lib/config";
import { PRESET_POLICIES } from "@/lib/engine/policy/presets";
import type { Ports } from "@/lib/engine/ports";
import { mintServiceToken } from "@/lib/engine/token/mint";
import { invalidRequest } from "@/lib/engine/errors";
import { initialise, isInitialised } from "@/lib/postgres/installation";
import { recently } from "@/lib/process/recently";
import type { BareState } from "@/lib/vault-api/bare-routes";
import type { ReadRequest } from "@/lib/vault-api/read-request";

/**
 * Makes the root token at the first start, unless the installation waits to be initialised.
 *
 * @returns the token, to be shown once; null when there is nothing to show.
 */
export async function initialiseAtFirstStart(
  config: Config,
  pool: pg.Pool,
  ports: Ports,
): Promise<string | null> {
  if (config.init === "manual" || ports.keys.isLocked()) return null;
  const token = await makeRootToken(config, pool, ports);
  return config.rootToken === null ? token : null;
}

/** Null: somebody else was first. */
async function makeRootToken(config: Config, pool: pg.Pool, ports: Ports): Promise<string | null> {
  const minted = mintServiceToken(ports);
  const token = config.rootToken?.reveal() ?? minted.clientToken.reveal();
  const root = { token, accessor: minted.accessor };
  const made = await initialise(pool, ports.keys, root, PRESET_POLICIES);
  if (!made) return null;
  await ports.commit([], {
    name: "installation.initialised",
    path: "sys/init",
    accessor: minted.accessor,
    detail: { cluster_id: ports.system.clusterId, policies: Object.keys(PRESET_POLICIES) },
  });
  return token;
}

/** What the endpoints outside tokens and log need to know and do. */
export function bareState(config: Config, pool: pg.Pool, ports: Ports): BareState {
  return {
    state: recently(STATE_MS, async () => {
      try {
        const { initialized, sealed } = await isInitialised(pool);
        return { initialized, sealed: sealed || ports.keys.isLocked() };
      } catch {
        return null;
      }
    }),
    mayInitialise: (request) => isLoopback(request) || hasSecret(config, request),
    initialise: async () => {
      const rootToken = await makeRootToken(config, pool, ports);
      if (rootToken === null) throw invalidRequest("Vault is already initialized");
      return { rootToken };
    },
  };
}

/** What load balancers ask many times a second is asked of the database at most this often. */
const STATE_MS = 250;

function isLoopback(request: ReadRequest): boolean {
  return request.clientAddress === "::1" || request.clientAddress.startsWith("127.");
}

function hasSecret(config: Config, request: ReadRequest): boolean {
  const sent = Buffer.from(request.headers["x-leasehold-bootstrap-secret"] ?? "");
  const wanted = Buffer.from(config.bootstrapSecret?.reveal() ?? "");
  return wanted.length > 0 && sent.length === wanted.length && timingSafeEqual(sent, wanted);
}
