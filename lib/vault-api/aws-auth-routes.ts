import { login } from "@/lib/engine/aws-auth/login";
import { deleteRole, findRole, listRoles, readRole } from "@/lib/engine/aws-auth/role";
import { writeRole, type RoleInput } from "@/lib/engine/aws-auth/write-role";
import { awsAuthConfigRoutes } from "@/lib/vault-api/aws-auth-config-routes";
import {
  commaList,
  duration,
  flag,
  headerMap,
  text,
  type FieldValues,
} from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";
import { TOKEN_PARAMETER_FIELDS } from "@/lib/vault-api/token-parameter-fields";

const ROLE_FIELDS = {
  role: text(),
  auth_type: text(),
  bound_iam_principal_arn: commaList(),
  resolve_aws_unique_ids: flag(),
  inferred_entity_type: text(),
  inferred_aws_region: text(),
  bound_ami_id: commaList(),
  bound_account_id: commaList(),
  bound_region: commaList(),
  bound_vpc_id: commaList(),
  bound_subnet_id: commaList(),
  bound_iam_role_arn: commaList(),
  bound_iam_instance_profile_arn: commaList(),
  bound_ec2_instance_id: commaList(),
  role_tag: text(),
  allow_instance_migration: flag(),
  disallow_reauthentication: flag(),
  ttl: duration(),
  max_ttl: duration(),
  period: duration(),
  policies: commaList(),
  ...TOKEN_PARAMETER_FIELDS,
} as const;

const LOGIN_FIELDS = {
  role: text(),
  iam_http_request_method: text(),
  iam_request_url: text(),
  iam_request_body: text(),
  iam_request_headers: headerMap(),
  pkcs7: text(),
  identity: text(),
  signature: text(),
  nonce: text(),
} as const;

export const awsAuthRoutes: readonly AnyRoute[] = [
  ...awsAuthConfigRoutes,
  route({
    path: "login",
    public: true,
    fields: LOGIN_FIELDS,
    update: ({ ports, scope, fields }) =>
      login(ports, scope, {
        role: fields.role,
        method: fields.iam_http_request_method,
        url: fields.iam_request_url,
        body: fields.iam_request_body,
        headers: fields.iam_request_headers,
        pkcs7: fields.pkcs7,
        identity: fields.identity,
        signature: fields.signature,
      }),
    help: "Logs in with a signed GetCallerIdentity request.",
  }),
  route({
    path: "role/",
    fields: {},
    list: ({ scope }) => listRoles(scope),
    help: "Names of the roles.",
  }),
  route({
    path: "roles/",
    fields: {},
    list: ({ scope }) => listRoles(scope),
    help: "Names of the roles.",
  }),
  route({
    path: "role/:role",
    fields: ROLE_FIELDS,
    exists: async ({ scope, fields: { role = "" } }) =>
      (await findRole(scope.config, scope.mount.id, role)) !== null,
    read: ({ scope, fields: { role = "" } }) => readRole(scope, role),
    update: ({ ports, scope, fields }) =>
      writeRole(ports, scope, fields.role ?? "", roleInputOf(fields)),
    delete: ({ scope, fields: { role = "" } }) => Promise.resolve(deleteRole(scope, role)),
    help: "A role: which AWS principals may log in, and what their tokens are like.",
  }),
];

function roleInputOf(fields: FieldValues<typeof ROLE_FIELDS>): RoleInput {
  return {
    authType: fields.auth_type,
    boundPrincipalArns: fields.bound_iam_principal_arn,
    resolveUniqueIds: fields.resolve_aws_unique_ids,
    inferredEntityType: fields.inferred_entity_type,
    inferredAwsRegion: fields.inferred_aws_region,
    boundAmiIds: fields.bound_ami_id,
    boundAccountIds: fields.bound_account_id,
    boundRegions: fields.bound_region,
    boundVpcIds: fields.bound_vpc_id,
    boundSubnetIds: fields.bound_subnet_id,
    boundIamRoleArns: fields.bound_iam_role_arn,
    boundIamInstanceProfileArns: fields.bound_iam_instance_profile_arn,
    boundEc2InstanceIds: fields.bound_ec2_instance_id,
    roleTag: fields.role_tag,
    allowInstanceMigration: fields.allow_instance_migration,
    disallowReauthentication: fields.disallow_reauthentication,
    tokens: fields,
  };
}
