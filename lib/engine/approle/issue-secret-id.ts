import type { Decision } from "@/lib/engine/answer";
import { checkBlocks, checkWithin } from "@/lib/engine/approle/blocks";
import { parseMetadata } from "@/lib/engine/approle/metadata";
import { findRole, type Role } from "@/lib/engine/approle/role";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import { mountTtls } from "@/lib/engine/mount/ttl";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import { Secret } from "@/lib/engine/secret";

/** What was supplied for a secret id; undefined: not supplied. */
export type SecretIdInput = {
  metadata?: string | undefined;
  cidrs?: string[] | undefined;
  tokenBoundCidrs?: string[] | undefined;
  numUses?: number | undefined;
  ttlSeconds?: number | undefined;
};

/**
 * Issues a random secret id for a role.
 *
 * @throws EngineError `not_found` (no such role), `invalid_request`.
 * @see https://developer.hashicorp.com/vault/api-docs/auth/approle#generate-new-secret-id
 */
export async function issueSecretId(
  ports: Ports,
  scope: RequestScope,
  roleName: string,
  input: SecretIdInput,
): Promise<Decision> {
  const secretId = ports.random.uuid();
  const refused = new EngineError("conflict", "the role was changed by somebody else meanwhile");
  return registerSecretId(ports, scope, { roleName, secretId, refused }, input);
}

/**
 * Registers a secret id that the caller chose.
 *
 * @throws EngineError `not_found` (no such role), `invalid_request`.
 * @see https://developer.hashicorp.com/vault/api-docs/auth/approle#create-custom-approle-secret-id
 */
export async function registerCustomSecretId(
  ports: Ports,
  scope: RequestScope,
  at: { roleName: string; secretId: string },
  input: SecretIdInput,
): Promise<Decision> {
  if (at.secretId === "") throw invalidRequest("missing secret_id");
  const refused = invalidRequest("failed to store secret_id: SecretID is already registered");
  return registerSecretId(ports, scope, { ...at, refused }, input);
}

async function registerSecretId(
  ports: Ports,
  scope: RequestScope,
  at: { roleName: string; secretId: string; refused: EngineError },
  input: SecretIdInput,
): Promise<Decision> {
  const stored = await findRole(scope.config, scope.mount.id, at.roleName);
  if (stored === null) {
    throw new EngineError("not_found", `role "${at.roleName.toLowerCase()}" does not exist`);
  }
  const { role } = stored;
  const limits = limitsOf(role, input);
  const { mountMaxSeconds } = mountTtls(scope.mount, ports.limits);
  const ttlSeconds = Math.min(limits.ttlSeconds, mountMaxSeconds);
  const accessor = ports.random.uuid();
  return {
    answer: {
      data: {
        secret_id: new Secret(at.secretId),
        secret_id_accessor: accessor,
        secret_id_num_uses: limits.numUses,
        secret_id_ttl: ttlSeconds,
      },
      wrappedAccessor: accessor,
    },
    effects: [
      {
        kind: "put_secret_id",
        mountId: scope.mount.id,
        role: role.name,
        hmac: ports.keys.hmac("secret_id", at.secretId),
        accessor,
        ...limits,
        ttlSeconds,
        refused: at.refused,
      },
    ],
  };
}

type SecretIdLimits = {
  numUses: number;
  ttlSeconds: number;
  cidrs: string[];
  tokenBoundCidrs: string[];
  metadata: Record<string, string>;
};

/** What was supplied, within what the role allows. @throws EngineError `invalid_request`. */
function limitsOf(role: Role, input: SecretIdInput): SecretIdLimits {
  if (!role.bindSecretId) throw invalidRequest("bind_secret_id is not set on the role");
  const cidrs = input.cidrs ?? [];
  checkBlocks(cidrs, "CIDR");
  checkWithin(cidrs, role.secretIdCidrs);
  const tokenBoundCidrs = input.tokenBoundCidrs ?? [];
  checkBlocks(tokenBoundCidrs, "token CIDR");
  checkWithin(tokenBoundCidrs, role.parameters.boundCidrs);

  const numUses = input.numUses ?? role.secretIdNumUses;
  if (numUses < 0) throw invalidRequest("num_uses cannot be negative");
  if (exceeds(numUses, role.secretIdNumUses)) {
    throw invalidRequest("num_uses cannot be higher than the role's secret_id_num_uses");
  }
  const ttlSeconds = input.ttlSeconds ?? role.secretIdTtlSeconds;
  if (exceeds(ttlSeconds, role.secretIdTtlSeconds)) {
    throw invalidRequest("ttl cannot be longer than the role's secret_id_ttl");
  }
  return {
    numUses,
    ttlSeconds,
    cidrs,
    tokenBoundCidrs,
    metadata: parseMetadata(input.metadata ?? ""),
  };
}

/** 0 means no limit, so it exceeds any. */
function exceeds(value: number, limit: number): boolean {
  return limit > 0 && (value === 0 || value > limit);
}
