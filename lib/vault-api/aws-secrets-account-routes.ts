import {
  deleteAwsAccount,
  listAwsAccounts,
  readAwsAccount,
  writeAwsAccount,
} from "@/lib/engine/aws-secrets/accounts";
import { text } from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";

/** Roles that look at an account, and write denials there; relative to an AWS secrets mount. */
export const awsSecretsAccountRoutes: readonly AnyRoute[] = [
  route({
    path: "config/accounts/",
    fields: {},
    list: ({ scope }) => listAwsAccounts(scope),
    help: "Ids of the accounts that have a reader or a revoker.",
  }),
  route({
    path: "config/accounts/:account",
    names: { account: "[^/]+" },
    fields: {
      account: text(),
      reader_role_arn: text(),
      reader_external_id: text(),
      revoker_role_arn: text(),
      revoker_external_id: text(),
    },
    read: ({ scope, fields: { account = "" } }) => readAwsAccount(scope, account),
    update: ({ scope, fields: { account = "", ...fields } }) =>
      writeAwsAccount(scope, account, {
        readerRoleArn: fields.reader_role_arn,
        readerExternalId: fields.reader_external_id,
        revokerRoleArn: fields.revoker_role_arn,
        revokerExternalId: fields.revoker_external_id,
      }),
    delete: ({ scope, fields: { account = "" } }) =>
      Promise.resolve(deleteAwsAccount(scope, account)),
    help: "The roles to assume in an account: one that reads roles, one that writes denials.",
  }),
];
