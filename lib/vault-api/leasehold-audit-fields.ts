import type { AuditFilterInput } from "@/lib/engine/audit/search";
import { commaList, text, time, type FieldValues } from "@/lib/vault-api/fields";

/** By what entries of the audit log are found; `not_` leaves out what has the value. */
export const AUDIT_FILTER_FIELDS = {
  from: time(),
  to: time(),
  kind: commaList(),
  not_kind: commaList(),
  outcome: commaList(),
  not_outcome: commaList(),
  status: commaList(),
  operation: commaList(),
  not_operation: commaList(),
  path: commaList(),
  not_path: commaList(),
  accessor: commaList(),
  not_accessor: commaList(),
  remote_address: commaList(),
  not_remote_address: commaList(),
  lease_id: text(),
  request_id: text(),
  q: text(),
} as const;

export function auditFilterOf(fields: FieldValues<typeof AUDIT_FILTER_FIELDS>): AuditFilterInput {
  return {
    from: fields.from,
    to: fields.to,
    kind: fields.kind,
    notKind: fields.not_kind,
    outcome: fields.outcome,
    notOutcome: fields.not_outcome,
    status: fields.status,
    operation: fields.operation,
    notOperation: fields.not_operation,
    path: fields.path,
    notPath: fields.not_path,
    accessor: fields.accessor,
    notAccessor: fields.not_accessor,
    remoteAddress: fields.remote_address,
    notRemoteAddress: fields.not_remote_address,
    leaseId: fields.lease_id,
    requestId: fields.request_id,
    q: fields.q,
  };
}
