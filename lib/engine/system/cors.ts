import { effected, told, type Decision } from "@/lib/engine/answer";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import { invalidRequest } from "@/lib/engine/errors";
import type { JsonObject } from "@/lib/engine/json";
import type { RequestScope } from "@/lib/engine/scope";

/** Which pages of other origins may call the API from a browser. */
export type Cors = { allowedOrigins: readonly string[]; allowedHeaders: readonly string[] };

const SETTING = "cors";
const MEMO = "cors";

/** Headers that are allowed whatever is configured. */
const STANDARD_HEADERS = [
  "Content-Type",
  "X-Requested-With",
  "X-Vault-AWS-IAM-Server-ID",
  "X-Vault-MFA",
  "X-Vault-No-Request-Forwarding",
  "X-Vault-Wrap-Format",
  "X-Vault-Wrap-TTL",
  "X-Vault-Policy-Override",
  "Authorization",
  "X-Vault-Token",
];

/** What is allowed in this version of the configuration; null: CORS is off. */
export async function corsOf(config: ConfigSnapshot): Promise<Cors | null> {
  const known = config.memo.get(MEMO);
  // Set below only.
  if (known !== undefined) return known as Cors | null;
  const sys = config.mounts.byFullPath("sys/");
  const setting = sys === null ? null : await config.setting(sys.id, SETTING, "");
  const cors = setting === null ? null : corsFromJson(setting.body);
  config.memo.set(MEMO, cors);
  return cors;
}

function corsFromJson(body: JsonObject): Cors {
  return {
    allowedOrigins: texts(body["allowedOrigins"]),
    allowedHeaders: [...STANDARD_HEADERS, ...texts(body["allowedHeaders"])],
  };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** True for an origin that may call; `*` stands for all. */
export function isAllowedOrigin(cors: Cors, origin: string): boolean {
  return cors.allowedOrigins.includes("*") || cors.allowedOrigins.includes(origin);
}

export async function readCors(scope: RequestScope): Promise<Decision> {
  const cors = await corsOf(scope.config);
  if (cors === null) return told({ enabled: false });
  return told({
    enabled: true,
    allowed_origins: cors.allowedOrigins,
    allowed_headers: cors.allowedHeaders,
  });
}

/**
 * Lets pages of these origins call.
 *
 * @throws EngineError `invalid_request` without an origin, or with others beside `*`.
 * @see https://developer.hashicorp.com/vault/api-docs/system/config-cors
 */
export function writeCors(
  scope: RequestScope,
  input: { allowedOrigins: readonly string[]; allowedHeaders: readonly string[] },
): Decision {
  const { allowedOrigins, allowedHeaders } = input;
  if (allowedOrigins.length === 0) {
    throw invalidRequest("at least one origin or the wildcard must be provided");
  }
  if (allowedOrigins.includes("*") && allowedOrigins.length > 1) {
    throw invalidRequest("to allow all origins the '*' must be the only value for allowed_origins");
  }
  if (allowedHeaders.some((name) => !/^[\w!#$%&'*+.^`|~-]+$/.test(name))) {
    throw invalidRequest("allowed_headers must be names of headers");
  }
  return effected({
    kind: "put_setting",
    mountId: scope.mount.id,
    setting: SETTING,
    key: "",
    body: { allowedOrigins: [...allowedOrigins], allowedHeaders: [...allowedHeaders] },
  });
}

/** Turns CORS off. */
export function deleteCors(scope: RequestScope): Decision {
  return effected({ kind: "delete_setting", mountId: scope.mount.id, setting: SETTING });
}
