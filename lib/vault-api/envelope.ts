import type { Answer } from "@/lib/engine/answer";
import { Secret } from "@/lib/engine/secret";
import type { AuthBlock } from "@/lib/engine/token/token";
import type { WrapInfo } from "@/lib/engine/wrapping/wrap";
import type { ApiResponse } from "@/lib/vault-api/exchange";

export const JSON_TYPE = "application/json";

/** What an envelope tells beside the answer itself. */
export type EnvelopeFacts = {
  requestId: string;
  mountType: string;
  warnings: readonly string[];
};

/**
 * Vault's envelope as text; the nine keys are always there.
 *
 * @see https://developer.hashicorp.com/vault/api-docs#api-operations
 */
export function envelopeText(answer: Answer, facts: EnvelopeFacts, duplicated: boolean): string {
  const data = answer.data == null ? null : revealed(answer.data);
  const envelope = {
    request_id: facts.requestId,
    lease_id: answer.lease?.id ?? "",
    renewable: answer.lease?.renewable ?? false,
    lease_duration: answer.lease?.ttlSeconds ?? answer.leaseDurationSeconds ?? 0,
    data,
    wrap_info: null,
    warnings: facts.warnings.length === 0 ? null : facts.warnings,
    auth: answer.auth === undefined ? null : authOf(answer.auth),
    mount_type: facts.mountType,
  };
  return `${JSON.stringify(duplicated && data !== null ? { ...data, ...envelope } : envelope)}\n`;
}

/** The envelope that stands in for a wrapped answer. */
export function wrapEnvelopeText(wrap: WrapInfo): string {
  return `${JSON.stringify({
    request_id: "",
    lease_id: "",
    renewable: false,
    lease_duration: 0,
    data: null,
    wrap_info: {
      token: wrap.token.reveal(),
      accessor: wrap.accessor,
      ttl: wrap.ttlSeconds,
      creation_time: wrap.creationTime.toISOString(),
      creation_path: wrap.creationPath,
      ...(wrap.wrappedAccessor && { wrapped_accessor: wrap.wrappedAccessor }),
    },
    warnings: null,
    auth: null,
    mount_type: "",
  })}\n`;
}

function revealed(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const key of Object.keys(data)) {
    const value = data[key];
    shown[key] = value instanceof Secret ? value.reveal() : value;
  }
  return shown;
}

function authOf(auth: AuthBlock): Record<string, unknown> {
  const policies =
    auth.identityPolicies.length === 0
      ? auth.policies
      : [...new Set([...auth.policies, ...auth.identityPolicies])].sort();
  return {
    client_token: auth.clientToken?.reveal() ?? "",
    accessor: auth.accessor,
    policies,
    ...(auth.policies.length > 0 && { token_policies: auth.policies }),
    ...(auth.identityPolicies.length > 0 && { identity_policies: auth.identityPolicies }),
    metadata: auth.metadata,
    lease_duration: auth.ttlSeconds,
    renewable: auth.renewable,
    entity_id: auth.entityId,
    token_type: auth.kind,
    orphan: auth.orphan,
    mfa_requirement: null,
    num_uses: auth.numUses,
  };
}

export function jsonResponse(status: number, text: string): ApiResponse {
  return { status, headers: { "content-type": JSON_TYPE }, body: text };
}

/** 204: nothing to say, but still of this type. */
export const NO_CONTENT: ApiResponse = {
  status: 204,
  headers: { "content-type": JSON_TYPE },
  body: null,
};
