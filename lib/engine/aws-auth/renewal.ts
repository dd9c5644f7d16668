import { requireAllowed } from "@/lib/engine/aws-auth/allow-list";
import { judgeBinding, wildcardsAdmit } from "@/lib/engine/aws-auth/binding";
import { fullArnOf } from "@/lib/engine/aws-auth/entity-lookup";
import { requireStillRunning } from "@/lib/engine/aws-auth/inference";
import type { VerifiedPrincipal } from "@/lib/engine/aws-auth/login";
import type { IamRenewal } from "@/lib/engine/aws-auth/login-result";
import { parsePrincipalArn } from "@/lib/engine/aws-auth/principal";
import { findRole, type AwsAuthRole } from "@/lib/engine/aws-auth/role";
import { invalidRequest } from "@/lib/engine/errors";
import type { AuthMethod, Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import type { Token } from "@/lib/engine/token/token";

/**
 * Renews tokens of AWS logins. STS is not asked again (no signature is kept), but role, mount list,
 * instance and binding must still hold, and the role's times of today apply.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/auth#auth-leases
 */
export const awsAuthMethod: AuthMethod = {
  async renewal(ports, scope, token) {
    const { mountId, login } = loginOf(token);
    const role = await findRole(scope.config, mountId, login.role);
    if (role === null) throw invalidRequest("role entry not found");
    // Vault renews here; a role of the other type has no principals that could refuse anybody.
    if (role.authType !== "iam") {
      throw invalidRequest(`auth method iam not allowed for role ${role.name}`);
    }
    const caller: VerifiedPrincipal = {
      principal: parsePrincipalArn(login.clientArn),
      arn: login.clientArn,
      uniqueId: login.uniqueId,
    };
    await requireAllowed(scope.config, mountId, caller);
    if (role.inferredEntityType !== "") {
      await requireStillRunning(ports, {
        config: scope.config,
        mountId,
        partition: caller.principal.partition,
        account: caller.principal.account,
        region: role.inferredAwsRegion,
        instanceId: login.inferredInstanceId,
      });
    }
    await requireStillBound(ports, { scope, mountId, role, login }, caller);
    return {
      ttlSeconds: role.token.ttlSeconds,
      maxTtlSeconds: role.token.maxTtlSeconds,
      periodSeconds: role.token.periodSeconds,
    };
  },
};

function loginOf(token: Token): { mountId: string; login: IamRenewal } {
  const { mountId, renewal } = token;
  if (mountId === null || renewal?.["authType"] !== "iam") {
    throw invalidRequest("the token carries no renewal data of an AWS login");
  }
  // Written by loginResult only, told apart by its type.
  return { mountId, login: renewal as IamRenewal };
}

type Renewed = { scope: RequestScope; mountId: string; role: AwsAuthRole; login: IamRenewal };

async function requireStillBound(
  ports: Ports,
  { scope, mountId, role, login }: Renewed,
  caller: VerifiedPrincipal,
): Promise<void> {
  const verdict = judgeBinding(role, caller.principal, caller.uniqueId);
  if (verdict === "bound") return;
  if (verdict === "ask_full_arn") {
    const fullArn = await fullArnOf(
      ports,
      { config: scope.config, mountId, roleName: role.name, purpose: "updating login" },
      caller,
    );
    if (fullArn !== null && wildcardsAdmit(role.boundPrincipalArns, fullArn)) return;
  }
  throw invalidRequest(`role "${role.name}" no longer bound to ARN "${login.canonicalArn}"`);
}
