import {
  checkRole,
  checkVerdicts,
  readRoleVerdicts,
  searchVerdicts,
} from "@/lib/engine/validator/answers";
import { readValidatorConfig, writeValidatorConfig } from "@/lib/engine/validator/config";
import { commaList, duration, flag, integer, text } from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";

/** Whether AWS will grant what roles ask for; relative to an AWS secrets mount. */
export const validatorRoutes: readonly AnyRoute[] = [
  route({
    path: "config/validator",
    fields: { mode: text(), issuance: text(), probe: flag(), drift_interval: duration() },
    read: ({ scope }) => readValidatorConfig(scope),
    update: ({ scope, fields }) =>
      writeValidatorConfig(scope, {
        mode: fields.mode,
        issuance: fields.issuance,
        probe: fields.probe,
        driftIntervalSeconds: fields.drift_interval,
      }),
    help: "What is done about roles that ask for more than AWS grants.",
  }),
  route({
    path: "validate/roles/:name",
    names: { name: String.raw`\w(?:[\w.@-]*\w)?` },
    fields: { name: text(), reason: text() },
    read: ({ ports, scope, fields }) => readRoleVerdicts(ports, scope, fields.name ?? ""),
    update: ({ ports, scope, fields }) =>
      checkRole(ports, scope, { role: fields.name ?? "", reason: fields.reason ?? "" }),
    help: "Whether AWS will grant what a role asks for; a write asks AWS anew.",
  }),
];

/** The same over all mounts; relative to `sys/`. */
export const validatorSearchRoutes: readonly AnyRoute[] = [
  route({
    path: "leasehold/validator",
    fields: {
      mount: commaList(),
      role: text(),
      target_arn: text(),
      status: commaList(),
      code: commaList(),
      q: text(),
      history: flag(),
      limit: integer(),
      cursor: text(),
    },
    read: ({ ports, scope, fields: { target_arn: targetArn, ...fields } }) =>
      searchVerdicts(ports, scope, {
        mount: fields.mount,
        role: fields.role,
        targetArn,
        status: fields.status,
        code: fields.code,
        q: fields.q,
        history: fields.history,
        limit: fields.limit,
        cursor: fields.cursor,
      }),
    help: "Secrets roles and their targets: what they ask for, and what AWS grants.",
  }),
  route({
    path: "leasehold/validator/check",
    fields: { mount: text(), role: text(), all: flag() },
    exists: () => Promise.resolve(false),
    update: ({ ports, scope, fields }) =>
      checkVerdicts(ports, scope, { mount: fields.mount, role: fields.role, all: fields.all }),
    help: "Asks AWS anew: about one role at once, about all of a mount or all mounts within seconds.",
  }),
];
