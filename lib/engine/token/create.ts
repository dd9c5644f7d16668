import type { Decision } from "@/lib/engine/answer";
import { invalidRequest } from "@/lib/engine/errors";
import { parseDuration } from "@/lib/engine/duration";
import { grantTtl } from "@/lib/engine/lease/ttl";
import { mountTtls } from "@/lib/engine/mount/ttl";
import type { Ports } from "@/lib/engine/ports";
import { capabilitiesOf } from "@/lib/engine/policy/capabilities";
import { callerOf, type Caller, type RequestScope } from "@/lib/engine/scope";
import { Secret } from "@/lib/engine/secret";
import { batchTokenOf } from "@/lib/engine/token/batch";
import { childPolicies } from "@/lib/engine/token/child-policies";
import { mintServiceToken } from "@/lib/engine/token/mint";
import { findTokenRole, type TokenRole } from "@/lib/engine/token/role";
import { authBlockOf, type TokenGrant, type TokenKind } from "@/lib/engine/token/token";

/** What `auth/token/create*` was asked for; undefined: not supplied. */
export type CreateTokenInput = {
  id?: string | undefined;
  policies?: string[] | undefined;
  meta?: Record<string, string> | undefined;
  noParent?: boolean | undefined;
  noDefaultPolicy?: boolean | undefined;
  renewable?: boolean | undefined;
  /** Duration texts, parsed late as Vault does. */
  ttl?: string | undefined;
  explicitMaxTtl?: string | undefined;
  period?: string | undefined;
  type?: string | undefined;
  numUses?: number | undefined;
  displayName?: string | undefined;
  entityAlias?: string | undefined;
};

/** Which of the three endpoints was called. */
export type CreateTokenForm = { orphan: boolean; roleName: string | null };

type Making = {
  ports: Ports;
  scope: RequestScope;
  caller: Caller;
  sudo: boolean;
  role: TokenRole | null;
  input: CreateTokenInput;
  kind: TokenKind;
  warnings: string[];
};

/**
 * Creates a token on behalf of the caller's, in the order of checks that clients know.
 *
 * @throws EngineError `invalid_request` with Vault's texts.
 * @see https://developer.hashicorp.com/vault/api-docs/auth/token#create-token
 */
export async function createToken(
  ports: Ports,
  scope: RequestScope,
  form: CreateTokenForm,
  input: CreateTokenInput,
): Promise<Decision> {
  const caller = callerOf(scope);
  if (caller.token.kind === "batch") {
    throw invalidRequest("batch tokens cannot create more tokens");
  }
  if (caller.token.numUses > 0) {
    throw invalidRequest("restricted use token cannot generate child tokens");
  }
  const role = await roleNamed(scope, form.roleName);
  const capabilities = capabilitiesOf(caller.acl, scope.path);
  const sudo = capabilities.includes("root") || capabilities.includes("sudo");
  const kind = kindOf(input, role);
  const making = { ports, scope, caller, sudo, role, input, kind, warnings: [] };
  const grant = await grantOf(making, form);
  return {
    answer: {
      auth: authBlockOf(grant),
      warnings: [...making.warnings, ...(await unknownPolicies(scope, grant.policies))],
    },
    effects:
      kind === "batch"
        ? []
        : [
            {
              kind: "grant_token",
              grant,
              refused: invalidRequest("cannot create a token with a duplicate ID"),
            },
          ],
  };
}

async function roleNamed(scope: RequestScope, name: string | null): Promise<TokenRole | null> {
  if (name === null) return null;
  const role = await findTokenRole(scope.config, scope.mount.id, name);
  if (role === null) throw invalidRequest(`unknown role ${name}`);
  return role;
}

/** The role's kind holds; its defaults leave the choice to the request. */
function kindOf(input: CreateTokenInput, role: TokenRole | null): TokenKind {
  const asked = input.type ?? "";
  if (role?.type === "service" || role?.type === "batch") return role.type;
  if (asked === "service" || asked === "batch") return asked;
  if (asked !== "") throw invalidRequest("invalid 'token_type' value");
  return role?.type === "default-batch" ? "batch" : "service";
}

async function grantOf(making: Making, form: CreateTokenForm): Promise<TokenGrant> {
  const { ports, scope, caller, role, input, kind } = making;
  const numUses = numUsesOf(making);
  const entityId = await entityOf(making);
  const id = ownIdOf(making);
  const policies = childPolicies({
    role,
    requested: input.policies,
    noDefaultPolicy: input.noDefaultPolicy === true || role?.noDefaultPolicy === true,
    parentPolicies: caller.token.policies,
    sudo: making.sudo,
  });
  checkRootPolicy(policies, caller, kind);
  const orphan = orphanOf(making, form);
  const times = timesOf(making, policies);
  const properties = {
    parentHmac: orphan ? null : caller.token.hmac,
    policies,
    identityPolicies: [],
    path: pathOf(form, role),
    displayName: displayNameOf(input.displayName),
    meta: input.meta ?? null,
    ttlSeconds: times.ttlSeconds,
    explicitMaxTtlSeconds: times.explicitMaxTtlSeconds,
    role: role?.name ?? null,
    entityId: entityId ?? (orphan ? null : caller.token.entityId),
    entityCreated: false,
    boundCidrs: cidrsOf(making, orphan, times.ttlSeconds),
    mountId: scope.mount.id,
    renewal: null,
    leased: true,
  };
  if (kind === "batch") return batchTokenOf(ports, properties);
  const minted = mintServiceToken(ports);
  return {
    ...properties,
    ...minted,
    ...(id !== null && { clientToken: new Secret(id), hmac: ports.keys.hmac("token", id) }),
    kind,
    numUses,
    periodSeconds: times.periodSeconds,
    renewable: times.ttlSeconds > 0 && (role?.renewable ?? true) && (input.renewable ?? true),
  };
}

function numUsesOf({ input, role, kind }: Making): number {
  const asked = input.numUses ?? 0;
  if (asked < 0) throw invalidRequest("number of uses cannot be negative");
  if (kind === "batch") {
    const set = [
      ["explicit_max_ttl", isSet(input.explicitMaxTtl)],
      ["num_uses", asked !== 0],
      ["period", isSet(input.period)],
    ].find(([, given]) => given);
    if (set !== undefined) throw invalidRequest(`batch tokens cannot have "${String(set[0])}" set`);
  }
  const limit = role?.numUses ?? 0;
  if (limit === 0) return asked;
  return asked === 0 ? limit : Math.min(asked, limit);
}

function isSet(duration: string | undefined): boolean {
  return duration !== undefined && duration !== "" && parseDuration(duration) !== 0;
}

async function entityOf({ scope, input, role }: Making): Promise<string | null> {
  if (input.entityAlias === undefined || input.entityAlias === "") return null;
  if (role === null) {
    throw invalidRequest("'entity_alias' is only allowed in combination with token role");
  }
  const alias = input.entityAlias;
  const allowed = role.allowedEntityAliases ?? [];
  const fits = allowed.some((pattern) =>
    pattern.endsWith("*")
      ? alias.toLowerCase().startsWith(pattern.slice(0, -1))
      : alias.toLowerCase() === pattern,
  );
  if (!fits) throw invalidRequest("invalid 'entity_alias' value");
  const { entityId } = await scope.config.ensureAlias({
    mountAccessor: scope.mount.accessor,
    name: alias,
    metadata: {},
  });
  return entityId;
}

/** A token value of the caller's choice; null: a fresh one. */
function ownIdOf({ input, sudo }: Making): string | null {
  const id = input.id ?? "";
  if (id === "") return null;
  if (!sudo) throw invalidRequest("root or sudo privileges required to specify token id");
  for (const prefix of ["hvs.", "s."]) {
    if (id.startsWith(prefix)) {
      throw invalidRequest(`custom token ID cannot have the '${prefix}' prefix`);
    }
  }
  if (id.includes(".")) throw invalidRequest("custom token ID cannot have a '.' in the value");
  return id;
}

function checkRootPolicy(policies: readonly string[], caller: Caller, kind: TokenKind): void {
  const internal = policies.find(
    (name) => name === "response-wrapping" || name === "control-group",
  );
  if (internal !== undefined) throw invalidRequest(`cannot assign policy "${internal}"`);
  if (!policies.includes("root")) return;
  if (!caller.token.policies.includes("root")) {
    throw invalidRequest("root tokens may not be created without parent token being root");
  }
  if (kind === "batch") throw invalidRequest("batch tokens cannot be root tokens");
}

function orphanOf({ input, role, sudo }: Making, form: CreateTokenForm): boolean {
  if (role !== null) return role.orphan;
  if (input.noParent === true) {
    if (!sudo) throw invalidRequest("root or sudo privileges required to create orphan token");
    return true;
  }
  return form.orphan;
}

type Times = { ttlSeconds: number; periodSeconds: number; explicitMaxTtlSeconds: number };

function timesOf(making: Making, policies: readonly string[]): Times {
  const { ports, scope, caller, role, sudo, kind, warnings } = making;
  const asked = parsedTimes(making, sudo);
  const explicitMaxTtlSeconds = lesser(asked.explicitMax, role?.explicitMaxTtlSeconds, (seconds) =>
    warnings.push(
      `Explicit max TTL specified both during creation call and in role; using the lesser value of ${seconds} seconds`,
    ),
  );
  const periodSeconds = lesser(asked.period, role?.periodSeconds, (seconds) =>
    warnings.push(
      `Period specified both during creation call and in role; using the lesser value of ${seconds} seconds`,
    ),
  );
  if (policies.includes("root") && asked.ttl === 0 && periodSeconds === 0) {
    return { ...rootTimes(caller, explicitMaxTtlSeconds), explicitMaxTtlSeconds };
  }
  const granted = grantTtl({
    incrementSeconds: 0,
    ttlSeconds: asked.ttl,
    periodSeconds: kind === "batch" ? 0 : periodSeconds,
    maxTtlSeconds: 0,
    explicitMaxTtlSeconds,
    ageSeconds: 0,
    ...mountTtls(scope.mount, ports.limits),
  });
  warnings.push(...granted.warnings);
  return { ttlSeconds: granted.ttlSeconds, periodSeconds, explicitMaxTtlSeconds };
}

function rootTimes(
  caller: Caller,
  explicitMaxTtlSeconds: number,
): { ttlSeconds: number; periodSeconds: number } {
  if (explicitMaxTtlSeconds > 0) return { ttlSeconds: explicitMaxTtlSeconds, periodSeconds: 0 };
  if (caller.token.expiresAt !== null) {
    throw invalidRequest("expiring root tokens cannot create non-expiring root tokens");
  }
  return { ttlSeconds: 0, periodSeconds: 0 };
}

function parsedTimes(
  { input }: Making,
  sudo: boolean,
): { ttl: number; explicitMax: number; period: number } {
  if (isSet(input.period) && !sudo) {
    throw invalidRequest("root or sudo privileges required to create periodic token");
  }
  const read = (text: string | undefined, name: string): number => {
    if (text === undefined || text === "") return 0;
    const seconds = parseDuration(text);
    if (seconds < 0) throw invalidRequest(`${name} must be positive`);
    return Math.floor(seconds);
  };
  return {
    explicitMax: read(input.explicitMaxTtl, "explicit_max_ttl"),
    period: read(input.period, "period"),
    ttl: read(input.ttl, "ttl"),
  };
}

function lesser(asked: number, ofRole = 0, warn: (seconds: number) => unknown): number {
  if (asked === 0 || ofRole === 0) return asked || ofRole;
  const seconds = Math.min(asked, ofRole);
  warn(seconds);
  return seconds;
}

/** A role's blocks replace the parent's; a root token without end has none. */
function cidrsOf({ caller, role }: Making, orphan: boolean, ttlSeconds: number): readonly string[] {
  if (ttlSeconds === 0) return [];
  if (role !== null) return role.boundCidrs;
  return orphan ? [] : caller.token.boundCidrs;
}

function pathOf(form: CreateTokenForm, role: TokenRole | null): string {
  if (role === null) return form.orphan ? "auth/token/create-orphan" : "auth/token/create";
  const path = `auth/token/create/${role.name}`;
  return role.pathSuffix === "" ? path : `${path}/${role.pathSuffix}`;
}

function displayNameOf(given: string | undefined): string {
  if (given === undefined || given === "") return "token";
  return `token-${given}`.replaceAll(/[^a-zA-Z0-9-]/g, "-").replace(/-$/, "");
}

async function unknownPolicies(
  scope: RequestScope,
  policies: readonly string[],
): Promise<string[]> {
  const warnings: string[] = [];
  for (const name of policies) {
    if (name === "root" || name === "default") continue;
    if ((await scope.config.policy(name)) === null) {
      warnings.push(`Policy "${name}" does not exist`);
    }
  }
  return warnings;
}
