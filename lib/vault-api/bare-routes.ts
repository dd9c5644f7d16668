import type { Ports } from "@/lib/engine/ports";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import { jsonResponse } from "@/lib/vault-api/envelope";
import { errorsResponse } from "@/lib/vault-api/error-envelope";
import type { ApiResponse } from "@/lib/vault-api/exchange";
import type { ReadRequest } from "@/lib/vault-api/read-request";

/** Answers a request to one of the endpoints outside tokens and log; null: it is another one. */
export type AnswerBare = (request: ReadRequest) => Promise<ApiResponse | null>;

/** What the first start, or `vault operator init`, hands out. */
export type Initialisation = { rootToken: string };

export type BareState = {
  /** Null: the database does not answer. */
  state(): Promise<{ initialized: boolean; sealed: boolean } | null>;
  /** Whether this caller may initialise; the secret comes as `X-Leasehold-Bootstrap-Secret`. */
  mayInitialise(request: ReadRequest): boolean;
  initialise(): Promise<Initialisation>;
};

/** The version told to clients: the one whose behaviour this program keeps. */
export const VAULT_VERSION = "1.21.4";
export const BUILD_DATE = "2026-01-01T00:00:00Z";

/**
 * `sys/health`, `sys/seal-status`, `sys/leader`, `sys/init`, `sys/unseal`: plain bodies, no token.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/system/health
 */
export function answerBare(ports: Ports, bare: BareState): AnswerBare {
  return async (request) => {
    if (request.operation === "help") return null;
    if (!BARE_PATHS.has(request.path.replace(/\/$/, ""))) return null;
    return (await answer(request)) ?? errorsResponse(405, []);
  };

  async function answer(request: ReadRequest): Promise<ApiResponse | null> {
    const asks = request.operation === "read" && request.method !== "OPTIONS";
    const writes = request.operation === "update";
    switch (request.path) {
      case "sys/health":
        return asks ? health(ports, bare, request) : null;
      case "sys/seal-status":
        return asks && request.method === "GET" ? sealStatus(ports, bare) : null;
      case "sys/leader":
        return asks && request.method === "GET" ? leader(bare) : null;
      case "sys/init":
        if (writes) return initialise(bare, request);
        return asks && request.method === "GET" ? initStatus(bare) : null;
      case "sys/unseal":
        return writes ? unseal(ports, bare, request) : null;
      default:
        return null;
    }
  }
}

const BARE_PATHS: ReadonlySet<string> = new Set([
  "sys/health",
  "sys/seal-status",
  "sys/leader",
  "sys/init",
  "sys/unseal",
]);

function json(status: number, body: unknown): ApiResponse {
  return jsonResponse(status, `${JSON.stringify(body)}\n`);
}

const HEALTH_CODES = [
  "activecode",
  "standbycode",
  "performancestandbycode",
  "drsecondarycode",
  "haunhealthycode",
  "removedcode",
  "sealedcode",
  "uninitcode",
];

async function health(ports: Ports, bare: BareState, request: ReadRequest): Promise<ApiResponse> {
  const query = request.data ?? {};
  for (const name of HEALTH_CODES) {
    if (query[name] !== undefined && !/^[+-]?\d+$/.test(textOf(query[name]))) {
      return errorsResponse(400, []);
    }
  }
  for (const name of ["standbyok", "perfstandbyok"]) {
    const value = query[name];
    if (
      value !== undefined &&
      !/^(?:|1|t|T|true|TRUE|True|0|f|F|false|FALSE|False)$/.test(textOf(value))
    ) {
      return errorsResponse(400, []);
    }
  }
  const state = await bare.state();
  const code = (name: string, fallback: number): number => {
    const given = query[name];
    return given === undefined ? fallback : Number(given);
  };
  const up = state?.initialized === true && !state.sealed;
  const status = up
    ? code("activecode", 200)
    : state !== null && !state.initialized
      ? code("uninitcode", 501)
      : code("sealedcode", 503);
  return json(status, {
    initialized: state?.initialized ?? true,
    sealed: !up,
    standby: !up,
    performance_standby: false,
    replication_performance_mode: up ? "disabled" : "unknown",
    replication_dr_mode: up ? "disabled" : "unknown",
    server_time_utc: Math.floor(ports.clock.now().getTime() / 1000),
    version: VAULT_VERSION,
    enterprise: false,
    ...(up && { cluster_name: ports.system.clusterName, cluster_id: ports.system.clusterId }),
    echo_duration_ms: 0,
    clock_skew_ms: 0,
    replication_primary_canary_age_ms: 0,
    removed_from_cluster: false,
    ...(state === null && { unhealthy: "storage" }),
  });
}

/** A parameter given twice is no number and no flag. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : "several";
}

async function sealStatus(ports: Ports, bare: BareState): Promise<ApiResponse> {
  const state = await bare.state();
  const sealed = state === null || state.sealed || !state.initialized;
  return json(200, {
    type: ports.system.sealType,
    initialized: state?.initialized ?? true,
    sealed,
    t: 1,
    n: 1,
    progress: 0,
    nonce: "",
    version: VAULT_VERSION,
    build_date: BUILD_DATE,
    migration: false,
    ...(!sealed && { cluster_name: ports.system.clusterName, cluster_id: ports.system.clusterId }),
    recovery_seal: true,
    storage_type: "postgresql",
    removed_from_cluster: false,
    recovery_seal_type: "shamir",
  });
}

async function leader(bare: BareState): Promise<ApiResponse> {
  const state = await bare.state();
  if (state === null || state.sealed || !state.initialized) {
    throw new EngineError("sealed", "Vault is sealed");
  }
  return json(200, {
    ha_enabled: false,
    is_self: false,
    active_time: "0001-01-01T00:00:00Z",
    leader_address: "",
    leader_cluster_address: "",
    performance_standby: false,
    performance_standby_last_remote_wal: 0,
  });
}

async function initStatus(bare: BareState): Promise<ApiResponse> {
  const state = await bare.state();
  return json(200, { initialized: state?.initialized ?? true });
}

async function initialise(bare: BareState, request: ReadRequest): Promise<ApiResponse> {
  const state = await bare.state();
  if (state === null) throw new EngineError("unavailable", "the database does not answer");
  if (state.initialized) throw invalidRequest("Vault is already initialized");
  if (!bare.mayInitialise(request)) {
    throw new EngineError("permission_denied", "permission denied");
  }
  const { rootToken } = await bare.initialise();
  return json(200, {
    keys: [],
    keys_base64: [],
    recovery_keys: [],
    recovery_keys_base64: [],
    root_token: rootToken,
  });
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The key is unwrapped at start: there is nothing to enter, but old scripts try. */
async function unseal(ports: Ports, bare: BareState, request: ReadRequest): Promise<ApiResponse> {
  const data = request.data ?? {};
  const state = await bare.state();
  const sealed = state?.sealed === true;
  if (data["reset"] === true && !sealed) throw invalidRequest("vault is unsealed");
  if (data["reset"] === true) return sealStatus(ports, bare);
  const key = data["key"];
  if (typeof key !== "string" || key === "") {
    throw invalidRequest("'key' must be specified in request body as JSON, or 'reset' set to true");
  }
  if (!/^(?:[0-9a-fA-F]{2})+$/.test(key) && !BASE64.test(key)) {
    throw invalidRequest("'key' must be a valid hex or base64 string");
  }
  if (sealed) {
    throw invalidRequest(
      "no key can be entered: the seal holds it; to unseal, run `npm run unseal` on a host of this installation",
    );
  }
  return sealStatus(ports, bare);
}
