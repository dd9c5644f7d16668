import {
  deleteAuditedHeader,
  disableDevice,
  enableDevice,
  hashForDevice,
  listAuditedHeaders,
  listDevices,
  readAuditedHeader,
  testDevice,
  writeAuditedHeader,
} from "@/lib/engine/audit/devices";
import { flag, keyValueMap, text } from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";

const ANY_PATH = { path: ".+" } as const;

export const auditRoutes: readonly AnyRoute[] = [
  route({
    path: "audit",
    fields: {},
    read: ({ scope }) => listDevices(scope),
    duplicated: true,
    help: "Audit devices beside the built-in log.",
  }),
  route({
    path: "audit/:path",
    names: ANY_PATH,
    fields: {
      path: text(),
      type: text(),
      description: text(),
      options: keyValueMap(),
      local: flag(),
    },
    update: ({ ports, scope, fields }) =>
      enableDevice(ports, scope, {
        path: fields.path ?? "",
        type: fields.type ?? "",
        description: fields.description ?? "",
        local: fields.local ?? false,
        options: fields.options ?? {},
      }),
    delete: ({ fields }) => disableDevice(fields.path ?? ""),
    help: "An audit device.",
  }),
  route({
    path: "leasehold/audit-devices/:path/test",
    names: { path: ".+?" },
    fields: { path: text() },
    update: ({ ports, scope, fields }) => testDevice(ports, scope, fields.path ?? ""),
    help: "Writes a test entry to an audit device.",
  }),
  route({
    path: "audit-hash/:path",
    names: ANY_PATH,
    fields: { path: text(), input: text() },
    update: ({ ports, scope, fields }) =>
      hashForDevice(ports, scope, { path: fields.path ?? "", input: fields.input ?? "" }),
    duplicated: true,
    help: "How a device shows a text.",
  }),
  route({
    path: "config/auditing/request-headers",
    fields: {},
    read: ({ scope }) => listAuditedHeaders(scope),
    duplicated: true,
    help: "Request headers that the log shows.",
  }),
  route({
    path: "config/auditing/request-headers/:header",
    names: { header: ".+" },
    fields: { header: text(), hmac: flag() },
    read: ({ scope, fields }) => readAuditedHeader(scope, fields.header ?? ""),
    update: ({ scope, fields }) =>
      writeAuditedHeader(scope, fields.header ?? "", fields.hmac ?? false),
    delete: ({ scope, fields }) => deleteAuditedHeader(scope, fields.header ?? ""),
    duplicated: true,
    help: "A request header that the log shows.",
  }),
];
