import { issueCredential } from "@/lib/engine/aws-secrets/issue";
import { readLeaseConfig, writeLeaseConfig } from "@/lib/engine/aws-secrets/lease-config";
import { deleteRole, listRoles, readRole } from "@/lib/engine/aws-secrets/role";
import {
  readRootConfig,
  rootConfigExists,
  writeRootConfig,
} from "@/lib/engine/aws-secrets/root-config";
import { rotateRoot } from "@/lib/engine/aws-secrets/rotate-root";
import { writeCheckedRole } from "@/lib/engine/validator/on-write";
import { awsSecretsAccountRoutes } from "@/lib/vault-api/aws-secrets-account-routes";
import { validatorRoutes } from "@/lib/vault-api/validator-routes";
import { sessionDenialRoutes } from "@/lib/vault-api/session-denial-routes";
import { commaList, duration, flag, integer, keyValueMap, text } from "@/lib/vault-api/fields";
import { route, type AnyRoute, type Call } from "@/lib/vault-api/route";

/** Names of this engine may hold an `@` inside, too. */
const NAMES = { name: String.raw`\w(?:[\w.@-]*\w)?` } as const;

const ROOT_FIELDS = {
  access_key: text(),
  secret_key: text(),
  region: text(),
  iam_endpoint: text(),
  sts_endpoint: text(),
  sts_region: text(),
  sts_fallback_endpoints: commaList(),
  sts_fallback_regions: commaList(),
  max_retries: integer(),
  username_template: text(),
  role_arn: text(),
  identity_token_audience: text(),
  identity_token_ttl: duration(),
  rotation_schedule: text(),
  rotation_window: duration(),
  rotation_period: duration(),
  rotation_policy: text(),
  disable_automated_rotation: flag(),
} as const;

const ROLE_FIELDS = {
  name: text(),
  credential_type: text(),
  role_arns: commaList(),
  role_arn: commaList(),
  policy_arns: commaList(),
  policy_document: text(),
  iam_groups: commaList(),
  iam_tags: keyValueMap(),
  session_tags: keyValueMap(),
  external_id: text(),
  default_sts_ttl: duration(),
  max_sts_ttl: duration(),
  user_path: text(),
  permissions_boundary_arn: text(),
  mfa_serial_number: text(),
  policy: text(),
  arn: text(),
} as const;

const CREDENTIAL_FIELDS = {
  name: text(),
  role_arn: text(),
  role_session_name: text(),
  ttl: duration(),
  mfa_code: text(),
} as const;

/** Reading and writing are the same; old roles tell the two paths apart. */
const credentialsAt = (via: "creds" | "sts"): AnyRoute => {
  const issue = ({ ports, scope, fields }: Call<typeof CREDENTIAL_FIELDS>) =>
    issueCredential(ports, scope, {
      via,
      role: fields.name ?? "",
      roleArn: fields.role_arn,
      sessionName: fields.role_session_name,
      ttlSeconds: fields.ttl,
      mfaCode: fields.mfa_code,
    });
  return route({
    path: `${via}/:name`,
    names: NAMES,
    fields: CREDENTIAL_FIELDS,
    read: issue,
    update: issue,
    help: "Hands out an AWS credential of a role, under a lease.",
  });
};

/** The AWS secrets engine. */
export const awsSecretsRoutes: readonly AnyRoute[] = [
  route({
    path: "config/root",
    fields: ROOT_FIELDS,
    exists: ({ scope }) => rootConfigExists(scope),
    read: ({ scope }) => readRootConfig(scope),
    update: ({ ports, scope, fields }) =>
      writeRootConfig(ports, scope, {
        accessKey: fields.access_key,
        secretKey: fields.secret_key,
        region: fields.region,
        iamEndpoint: fields.iam_endpoint,
        stsEndpoint: fields.sts_endpoint,
        stsRegion: fields.sts_region,
        stsFallbackEndpoints: fields.sts_fallback_endpoints,
        stsFallbackRegions: fields.sts_fallback_regions,
        maxRetries: fields.max_retries,
        usernameTemplate: fields.username_template,
        disableAutomatedRotation: fields.disable_automated_rotation,
        roleArn: fields.role_arn,
        identityTokenAudience: fields.identity_token_audience,
        identityTokenTtlSeconds: fields.identity_token_ttl,
        rotationSchedule: fields.rotation_schedule,
        rotationWindowSeconds: fields.rotation_window,
        rotationPeriodSeconds: fields.rotation_period,
        rotationPolicy: fields.rotation_policy,
      }),
    help: "The AWS identity that issues credentials.",
  }),
  route({
    path: "config/rotate-root",
    fields: {},
    update: ({ ports, scope }) => rotateRoot(ports, scope),
    help: "Replaces the access key of the configured identity.",
  }),
  route({
    path: "config/lease",
    fields: { lease: text(), lease_max: text() },
    read: ({ scope }) => readLeaseConfig(scope),
    update: ({ scope, fields }) =>
      writeLeaseConfig(scope, { lease: fields.lease, leaseMax: fields.lease_max }),
    help: "How long the credentials of IAM users live.",
  }),
  route({
    path: "roles/",
    fields: {},
    list: ({ scope }) => listRoles(scope),
    help: "The names of all roles.",
  }),
  route({
    path: "roles/:name",
    names: NAMES,
    fields: ROLE_FIELDS,
    read: ({ scope, fields }) => readRole(scope, fields.name ?? ""),
    delete: ({ scope, fields }) => deleteRole(scope, fields.name ?? ""),
    update: ({ ports, scope, fields }) =>
      writeCheckedRole(ports, scope, fields.name ?? "", {
        credentialType: fields.credential_type,
        roleArns: fields.role_arns,
        roleArnAlias: fields.role_arn,
        policyArns: fields.policy_arns,
        policyDocument: fields.policy_document,
        iamGroups: fields.iam_groups,
        iamTags: fields.iam_tags,
        sessionTags: fields.session_tags,
        externalId: fields.external_id,
        defaultStsTtlSeconds: fields.default_sts_ttl,
        maxStsTtlSeconds: fields.max_sts_ttl,
        userPath: fields.user_path,
        permissionsBoundaryArn: fields.permissions_boundary_arn,
        mfaSerialNumber: fields.mfa_serial_number,
        policy: fields.policy,
        arn: fields.arn,
      }),
    help: "What a role hands out, and how.",
  }),
  ...awsSecretsAccountRoutes,
  ...sessionDenialRoutes,
  ...validatorRoutes,
  credentialsAt("creds"),
  credentialsAt("sts"),
];
