import {
  allowListExists,
  deleteAllowList,
  readAllowList,
  writeAllowList,
} from "@/lib/engine/aws-auth/allow-list";
import {
  clientConfigOf,
  deleteClientConfig,
  readClientConfig,
  writeClientConfig,
} from "@/lib/engine/aws-auth/client-config";
import { readIdentityConfig, writeIdentityConfig } from "@/lib/engine/aws-auth/identity-config";
import { rotateRoot } from "@/lib/engine/aws-auth/rotate-root";
import {
  deleteStsAccount,
  listStsAccounts,
  readStsAccount,
  stsAccountOf,
  writeStsAccount,
} from "@/lib/engine/aws-auth/sts-account";
import { commaList, duration, flag, integer, text } from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";

const CLIENT_FIELDS = {
  access_key: text(),
  secret_key: text(),
  endpoint: text(),
  iam_endpoint: text(),
  sts_endpoint: text(),
  sts_region: text(),
  use_sts_region_from_client: flag(),
  iam_server_id_header_value: text(),
  allowed_sts_header_values: commaList(),
  max_retries: integer(),
  role_arn: text(),
  identity_token_audience: text(),
  identity_token_ttl: duration(),
  rotation_schedule: text(),
  rotation_window: duration(),
  rotation_period: duration(),
  disable_automated_rotation: flag(),
  replay_guard: text(),
} as const;

const IDENTITY_FIELDS = {
  iam_alias: text(),
  ec2_alias: text(),
  iam_metadata: commaList(),
  ec2_metadata: commaList(),
} as const;

export const awsAuthConfigRoutes: readonly AnyRoute[] = [
  route({
    path: "config",
    fields: { iam_roles: commaList() },
    exists: ({ scope }) => allowListExists(scope),
    read: ({ scope }) => readAllowList(scope),
    update: ({ scope, fields }) => writeAllowList(scope, fields.iam_roles),
    delete: ({ scope }) => Promise.resolve(deleteAllowList(scope)),
    help: "Principals that may log in through this mount at all.",
  }),
  route({
    path: "config/client",
    fields: CLIENT_FIELDS,
    exists: async ({ scope }) => (await clientConfigOf(scope.config, scope.mount.id)).revision > 0,
    read: ({ scope }) => readClientConfig(scope),
    update: ({ ports, scope, fields }) =>
      writeClientConfig(ports, scope, {
        accessKey: fields.access_key,
        secretKey: fields.secret_key,
        endpoint: fields.endpoint,
        iamEndpoint: fields.iam_endpoint,
        stsEndpoint: fields.sts_endpoint,
        stsRegion: fields.sts_region,
        useStsRegionFromClient: fields.use_sts_region_from_client,
        iamServerIdHeaderValue: fields.iam_server_id_header_value,
        allowedStsHeaderValues: fields.allowed_sts_header_values,
        maxRetries: fields.max_retries,
        roleArn: fields.role_arn,
        identityTokenAudience: fields.identity_token_audience,
        identityTokenTtlSeconds: fields.identity_token_ttl,
        rotationSchedule: fields.rotation_schedule,
        rotationWindowSeconds: fields.rotation_window,
        rotationPeriodSeconds: fields.rotation_period,
        disableAutomatedRotation: fields.disable_automated_rotation,
        replayGuard: fields.replay_guard,
      }),
    delete: ({ scope }) => Promise.resolve(deleteClientConfig(scope)),
    help: "Credentials and endpoints of this mount's AWS calls, and rules for signed requests.",
  }),
  route({
    path: "config/rotate-root",
    fields: {},
    update: ({ ports, scope }) => rotateRoot(ports, scope),
    help: "Replaces the static access key by a new one of the same IAM user.",
  }),
  route({
    path: "config/identity",
    fields: IDENTITY_FIELDS,
    read: ({ scope }) => readIdentityConfig(scope),
    update: ({ scope, fields }) =>
      writeIdentityConfig(scope, {
        iamAlias: fields.iam_alias,
        ec2Alias: fields.ec2_alias,
        iamMetadata: fields.iam_metadata,
        ec2Metadata: fields.ec2_metadata,
      }),
    help: "How logins become entities, and what of them is shown in token metadata.",
  }),
  route({
    path: "config/sts/",
    fields: {},
    list: ({ scope }) => listStsAccounts(scope),
    help: "Accounts that have a role to assume.",
  }),
  route({
    path: "config/sts/:account_id",
    fields: { account_id: text(), sts_role: text(), external_id: text() },
    exists: async ({ scope, fields: { account_id = "" } }) =>
      (await stsAccountOf(scope.config, scope.mount.id, account_id)) !== null,
    read: ({ scope, fields: { account_id = "" } }) => readStsAccount(scope, account_id),
    update: ({ ports, scope, fields }) =>
      writeStsAccount(ports, scope, fields.account_id ?? "", {
        stsRole: fields.sts_role,
        externalId: fields.external_id,
      }),
    delete: ({ scope, fields: { account_id = "" } }) =>
      Promise.resolve(deleteStsAccount(scope, account_id)),
    help: "The role to assume before looking at principals of an account.",
  }),
];
