import { exposedData, type Exposure } from "@/lib/engine/audit/exposure";
import type { Mount } from "@/lib/engine/mount/mount";
import type { Operation } from "@/lib/engine/policy/operation";
import type { AuthBlock, Token } from "@/lib/engine/token/token";

/** What was decided about a request before it reached its engine. */
export type PolicyOutcome = { allowed: boolean; grantingPolicies: readonly string[] };

/** The facts of a request that the log tells, unhashed. */
export type RequestFacts = {
  id: string;
  operation: Operation;
  /** Canonical, without leading slash. */
  path: string;
  /** The request target without its query, and the query's pairs as sent. */
  uriPath: string;
  uriQuery: readonly (readonly [string, string])[];
  mount: Mount | null;
  data: Readonly<Record<string, unknown>>;
  /** As sent; empty: none. */
  clientToken: string;
  token: Token | null;
  /** Null: nobody decided (no token, or one that does not resolve). */
  policy: PolicyOutcome | null;
  remoteAddress: string;
  remotePort: number;
  headers: Readonly<Record<string, { value: string; hmac: boolean }>>;
  wrapTtlSeconds: number;
  policyOverride: boolean;
};

/** The facts of an answer that the log tells, unhashed. */
export type ResponseFacts = {
  data: Readonly<Record<string, unknown>> | null;
  auth: AuthBlock | null;
  leaseId: string | null;
  warnings: readonly string[];
  wrap: {
    token: string;
    accessor: string;
    ttlSeconds: number;
    creationTime: Date;
    creationPath: string;
    wrappedAccessor: string;
  } | null;
  /** False for a 204: the entry has no `response`. */
  present: boolean;
};

type Entry = Record<string, unknown>;

/** The version that this program's built-in engines report of themselves. */
const RUNNING_VERSION = "v1.21.4+builtin.vault";
const NO_KEYS: ReadonlySet<string> = new Set();
/** Leases are found by id in the built-in log; devices hash ids sent in bodies. */
const BUILT_IN_CLEAR_KEYS: ReadonlySet<string> = new Set(["lease_id"]);
/** Why an operator ended a token is there to be read. */
const TOKEN_CLEAR_KEYS: ReadonlySet<string> = new Set(["lease_id", "reason"]);
/** For which role a login was meant. */
const AWS_AUTH_CLEAR_KEYS: ReadonlySet<string> = new Set(["lease_id", "role"]);

/** Types of mounts that give back what was put in. */
const CALLERS_MOUNTS: ReadonlySet<string> = new Set(["cubbyhole", "kv"]);

/** Which log an entry is for: the built-in one shows lease ids of bodies in clear. */
export type Audience = { exposure: Exposure; builtIn: boolean };

/**
 * The entry of a request, in Vault's form.
 *
 * @see https://developer.hashicorp.com/vault/docs/audit#format
 */
export function requestEntry(
  at: Date,
  facts: RequestFacts,
  audience: Audience,
  error: string | null,
): Entry {
  return omitEmpty({
    time: at.toISOString(),
    type: "request",
    auth: callerBlock(facts, audience.exposure),
    request: requestBlock(facts, audience),
    error,
  });
}

/** The entry of an answer; `auth` and `request` are repeated, so that it can be read alone. */
export function responseEntry(
  at: Date,
  facts: RequestFacts,
  outcome: { response: ResponseFacts; error: string | null; hideCaller?: boolean },
  audience: Audience,
): Entry {
  const { response } = outcome;
  const issued = response.auth === null ? null : issuedBlock(response.auth, audience.exposure);
  const caller = outcome.hideCaller === true ? null : callerBlock(facts, audience.exposure);
  return omitEmpty({
    time: at.toISOString(),
    type: "response",
    auth: facts.token === null ? (issued ?? caller) : caller,
    request: requestBlock(facts, audience),
    response: response.present ? responseBlock(facts, response, audience) : null,
    error: outcome.error,
  });
}

function requestBlock(facts: RequestFacts, audience: Audience): Entry {
  const { exposure } = audience;
  const { mount } = facts;
  return omitEmpty({
    id: facts.id,
    client_id: clientIdOf(facts.token),
    operation: facts.operation,
    mount_point: mount?.fullPath,
    mount_type: mount?.type,
    mount_accessor: mount?.accessor,
    mount_running_version: mount === null ? undefined : RUNNING_VERSION,
    mount_class: mount?.class,
    client_token: facts.clientToken === "" ? "" : exposure.hash(facts.clientToken),
    client_token_accessor: facts.token?.accessor ? exposure.accessor(facts.token.accessor) : "",
    namespace: { id: "root" },
    path: facts.path,
    data: exposedData(facts.data, exposure, {
      keys: keySet(mount?.config.auditNonHmacRequestKeys),
      numbers: true,
      clearKeys: audience.builtIn ? clearKeysOf(mount) : NO_KEYS,
    }),
    policy_override: facts.policyOverride ? true : undefined,
    remote_address: facts.remoteAddress,
    remote_port: facts.remotePort,
    wrap_ttl: facts.wrapTtlSeconds > 0 ? facts.wrapTtlSeconds : undefined,
    headers: Object.fromEntries(
      Object.entries(facts.headers).map(([name, { value, hmac }]) => [
        name,
        [hmac ? exposure.hash(value) : value],
      ]),
    ),
    request_uri: uriOf(facts, exposure),
  });
}

function uriOf(facts: RequestFacts, exposure: Exposure): string {
  if (facts.uriQuery.length === 0) return facts.uriPath;
  const pairs = facts.uriQuery.map(([name, value]) => `${name}=${exposure.hash(value)}`);
  return `${facts.uriPath}?${pairs.join("&")}`;
}

function clientIdOf(token: Token | null): string {
  if (token === null) return "";
  return token.entityId ?? Buffer.from(token.policies.join("\0")).toString("base64");
}

function callerBlock(facts: RequestFacts, exposure: Exposure): Entry | null {
  const policy = facts.policy === null ? undefined : policyBlock(facts.policy);
  const { token } = facts;
  if (token === null) {
    return facts.policy === null ? null : { policy_results: policy, token_type: "default" };
  }
  return omitEmpty({
    client_token: facts.clientToken === "" ? "" : exposure.hash(facts.clientToken),
    accessor: token.accessor === "" ? "" : exposure.accessor(token.accessor),
    display_name: token.displayName,
    policies: token.policies,
    token_policies: token.policies,
    metadata: token.meta,
    remaining_uses: token.numUses > 0 ? token.numUses : undefined,
    entity_id: token.entityId,
    token_type: token.kind,
    token_ttl: token.creationTtlSeconds > 0 ? token.creationTtlSeconds : undefined,
    token_issue_time: `${token.issuedAt.toISOString().slice(0, 19)}Z`,
    policy_results: policy,
  });
}

function policyBlock(policy: PolicyOutcome): Entry {
  if (policy.grantingPolicies.length === 0) return { allowed: policy.allowed };
  return {
    allowed: policy.allowed,
    granting_policies: policy.grantingPolicies.map((name) => ({
      name,
      namespace_id: "root",
      type: "acl",
    })),
  };
}

function issuedBlock(auth: AuthBlock, exposure: Exposure): Entry {
  return omitEmpty({
    client_token: auth.clientToken === null ? "" : exposure.hash(auth.clientToken.reveal()),
    accessor: auth.accessor === "" ? "" : exposure.accessor(auth.accessor),
    display_name: auth.displayName,
    policies: [...new Set([...auth.policies, ...auth.identityPolicies])].sort(),
    token_policies: auth.policies,
    identity_policies: auth.identityPolicies,
    metadata: auth.metadata,
    num_uses: auth.numUses > 0 ? auth.numUses : undefined,
    entity_id: auth.entityId,
    entity_created: auth.entityCreated ? true : undefined,
    token_type: auth.kind,
    token_ttl: auth.ttlSeconds > 0 ? auth.ttlSeconds : undefined,
  });
}

function responseBlock(facts: RequestFacts, response: ResponseFacts, audience: Audience): Entry {
  const { exposure } = audience;
  const { mount } = facts;
  return omitEmpty({
    auth: response.auth === null ? null : issuedBlock(response.auth, exposure),
    secret: response.leaseId === null ? null : { lease_id: response.leaseId },
    data: response.data === null ? null : responseData(facts, response.data, audience),
    warnings: response.warnings,
    wrap_info:
      response.wrap === null
        ? null
        : omitEmpty({
            ttl: response.wrap.ttlSeconds,
            token: exposure.hash(response.wrap.token),
            accessor: exposure.accessor(response.wrap.accessor),
            creation_time: response.wrap.creationTime.toISOString(),
            creation_path: response.wrap.creationPath,
            wrapped_accessor:
              response.wrap.wrappedAccessor === ""
                ? ""
                : exposure.accessor(response.wrap.wrappedAccessor),
          }),
    mount_point: mount?.fullPath,
    mount_type: mount?.type,
    mount_accessor: mount?.accessor,
    mount_running_plugin_version: mount === null ? undefined : RUNNING_VERSION,
    mount_class: mount?.class,
  });
}

function responseData(
  facts: RequestFacts,
  data: Readonly<Record<string, unknown>>,
  { exposure, builtIn }: Audience,
): Entry {
  const elided =
    exposure.elideLists && facts.operation === "list"
      ? Object.fromEntries(
          Object.entries(data).map(([key, value]) => [
            key,
            key === "keys" || key === "key_info" ? sizeOf(value) : value,
          ]),
        )
      : data;
  return exposedData(elided, exposure, {
    keys: keySet(facts.mount?.config.auditNonHmacResponseKeys),
    numbers: holdsCallersValues(facts),
    clearKeys: builtIn ? BUILT_IN_CLEAR_KEYS : NO_KEYS,
  });
}

function clearKeysOf(mount: Mount | null): ReadonlySet<string> {
  if (mount?.type === "token") return TOKEN_CLEAR_KEYS;
  return mount?.type === "aws" && mount.class === "auth"
    ? AWS_AUTH_CLEAR_KEYS
    : BUILT_IN_CLEAR_KEYS;
}

/** What callers stored is theirs to name: a number there may be a secret as well as a text. */
function holdsCallersValues({ mount, path }: RequestFacts): boolean {
  return CALLERS_MOUNTS.has(mount?.type ?? "") || path.startsWith("sys/wrapping/");
}

function sizeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length;
  return typeof value === "object" && value !== null ? Object.keys(value).length : value;
}

function keySet(keys: readonly string[] | undefined): ReadonlySet<string> {
  return keys === undefined || keys.length === 0 ? NO_KEYS : new Set(keys);
}

/** Empty values are left out; false, zero and what was set on purpose stay. */
function omitEmpty(entry: Entry): Entry {
  const kept: Entry = {};
  for (const key of Object.keys(entry)) {
    const value = entry[key];
    if (!isEmpty(value)) kept[key] = value;
  }
  return kept;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value !== "object") return false;
  for (const _key in value) return false;
  return true;
}
