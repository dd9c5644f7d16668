import { identityConfigOf, type IdentityConfig } from "@/lib/engine/aws-auth/identity-config";
import type { InferredInstance } from "@/lib/engine/aws-auth/inference";
import type { VerifiedPrincipal } from "@/lib/engine/aws-auth/login";
import { canonicalArn } from "@/lib/engine/aws-auth/principal";
import type { AwsAuthRole } from "@/lib/engine/aws-auth/role";
import type { JsonObject } from "@/lib/engine/json";
import type { RequestScope } from "@/lib/engine/scope";
import type { VerifiedLogin } from "@/lib/engine/token/grant-login";

/**
 * How long after its first acceptance one signed request may be accepted again: clients repeat a
 * request whose answer got lost, and two honest clients with the same keys sign equal requests
 * within one second.
 */
export const REPLAY_WINDOW_SECONDS = 5;

/** What is kept with a token for its renewal; the client never sees it. */
export type IamRenewal = {
  authType: "iam";
  role: string;
  roleId: string;
  canonicalArn: string;
  clientArn: string;
  uniqueId: string;
  account: string;
  inferredInstanceId: string;
  inferredHostname: string;
  inferredRegion: string;
};

/** Token parameters, metadata and entity alias of a login that passed every check. */
export async function loginResult(
  scope: RequestScope,
  role: AwsAuthRole,
  caller: VerifiedPrincipal,
  inferred: InferredInstance | null,
): Promise<VerifiedLogin> {
  const identity = await identityConfigOf(scope.config, scope.mount.id);
  const metadata = chosenMetadata(identity.iamMetadata, {
    account_id: caller.principal.account,
    auth_type: "iam",
    canonical_arn: canonicalArn(caller.principal),
    client_arn: caller.arn,
    client_user_id: caller.uniqueId,
    inferred_aws_region: inferred?.region ?? "",
    inferred_entity_id: inferred?.instanceId ?? "",
    inferred_entity_type: inferred === null ? "" : role.inferredEntityType,
    inferred_hostname: inferred?.hostname ?? "",
  });
  const { name, session } = caller.principal;
  return {
    displayName: session === "" ? name : `${name}/${session}`,
    parameters: role.token,
    metadata: { role_id: role.roleId, ...metadata },
    alias: { name: aliasName(identity, role, caller), metadata },
    renewal: renewalOf(role, caller, inferred),
  };
}

function aliasName(identity: IdentityConfig, role: AwsAuthRole, caller: VerifiedPrincipal): string {
  switch (identity.iamAlias) {
    case "role_id":
      return role.roleId;
    case "unique_id":
      return caller.uniqueId;
    case "full_arn":
      return caller.arn;
    case "canonical_arn":
      return canonicalArn(caller.principal);
  }
}

function chosenMetadata(
  chosen: readonly string[],
  values: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    chosen.map((name) => [name, values[name] ?? ""] as const).filter(([, value]) => value !== ""),
  );
}

function renewalOf(
  role: AwsAuthRole,
  caller: VerifiedPrincipal,
  inferred: InferredInstance | null,
): JsonObject {
  return {
    authType: "iam",
    role: role.name,
    roleId: role.roleId,
    canonicalArn: canonicalArn(caller.principal),
    clientArn: caller.arn,
    uniqueId: caller.uniqueId,
    account: caller.principal.account,
    inferredInstanceId: inferred?.instanceId ?? "",
    inferredHostname: inferred?.hostname ?? "",
    inferredRegion: inferred?.region ?? "",
  } satisfies IamRenewal;
}
