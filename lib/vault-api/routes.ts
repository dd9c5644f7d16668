import { absentRoutes } from "@/lib/vault-api/absent-routes";
import { approleRoutes } from "@/lib/vault-api/approle-routes";
import { attemptRoutes } from "@/lib/vault-api/attempt-routes";
import { auditRoutes } from "@/lib/vault-api/audit-routes";
import { authRoleRoutes } from "@/lib/vault-api/auth-role-routes";
import { awsAuthRoutes } from "@/lib/vault-api/aws-auth-routes";
import { awsSecretsRoutes } from "@/lib/vault-api/aws-secrets-routes";
import { consoleOidcRoutes } from "@/lib/vault-api/console-oidc-routes";
import { consoleSessionRoutes } from "@/lib/vault-api/console-session-routes";
import { corsRoutes } from "@/lib/vault-api/cors-routes";
import { cubbyholeRoutes } from "@/lib/vault-api/cubbyhole-routes";
import { freezeRoutes } from "@/lib/vault-api/freeze-routes";
import { identityRoutes } from "@/lib/vault-api/identity-routes";
import { installationRoutes } from "@/lib/vault-api/installation-routes";
import { leaseRoutes } from "@/lib/vault-api/lease-routes";
import { leaseholdRoutes } from "@/lib/vault-api/leasehold-routes";
import { lockoutRoutes } from "@/lib/vault-api/lockout-routes";
import { metricsRoutes } from "@/lib/vault-api/metrics-routes";
import { mountRoutes } from "@/lib/vault-api/mount-routes";
import { pluginRoutes } from "@/lib/vault-api/plugin-routes";
import { policyExplainRoutes } from "@/lib/vault-api/policy-explain-routes";
import { policyRoutes } from "@/lib/vault-api/policy-routes";
import { quotaRoutes } from "@/lib/vault-api/quota-routes";
import { RouteTable } from "@/lib/vault-api/route-table";
import { sealRoutes } from "@/lib/vault-api/seal-routes";
import { specRoutes } from "@/lib/vault-api/spec-routes";
import { tokenRoutes } from "@/lib/vault-api/token-routes";
import { toolsRoutes } from "@/lib/vault-api/tools-routes";
import { userNamePreviewRoutes } from "@/lib/vault-api/user-name-preview-routes";
import { userpassRoutes } from "@/lib/vault-api/userpass-routes";
import { visibleMountRoutes } from "@/lib/vault-api/visible-mount-routes";
import { wrappingRoutes } from "@/lib/vault-api/wrapping-routes";
import type { MountClass } from "@/lib/engine/mount/mount";

/** All routes, by class and type of the mount that they are relative to. */
const TABLES: Readonly<Record<MountClass, Readonly<Record<string, RouteTable>>>> = {
  auth: {
    token: new RouteTable(tokenRoutes),
    aws: new RouteTable(awsAuthRoutes),
    approle: new RouteTable(approleRoutes),
    userpass: new RouteTable(userpassRoutes),
    "console-oidc": new RouteTable(consoleOidcRoutes),
  },
  secret: {
    aws: new RouteTable(awsSecretsRoutes),
    cubbyhole: new RouteTable(cubbyholeRoutes),
    identity: new RouteTable(identityRoutes),
    system: new RouteTable([
      ...leaseRoutes,
      ...leaseholdRoutes,
      ...freezeRoutes,
      ...attemptRoutes,
      ...policyRoutes,
      ...policyExplainRoutes,
      ...authRoleRoutes,
      ...auditRoutes,
      ...wrappingRoutes,
      ...toolsRoutes,
      ...lockoutRoutes,
      ...visibleMountRoutes,
      ...corsRoutes,
      ...installationRoutes,
      ...metricsRoutes,
      ...pluginRoutes,
      ...quotaRoutes,
      ...sealRoutes,
      ...specRoutes(routeTable),
      ...consoleSessionRoutes,
      ...userNamePreviewRoutes,
      ...absentRoutes,
      ...mountRoutes,
    ]),
  },
};

export function routeTable(mountClass: MountClass, type: string): RouteTable | null {
  return TABLES[mountClass][type] ?? null;
}
