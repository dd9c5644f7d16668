import type { LeaseFilterInput } from "@/lib/engine/lease/search";
import { commaList, text, time, type FieldValues } from "@/lib/vault-api/fields";

/** By what leases are found, in lists and in jobs alike. */
export const LEASE_FILTER_FIELDS = {
  mount: commaList(),
  role: commaList(),
  kind: commaList(),
  account: commaList(),
  not_mount: commaList(),
  not_role: commaList(),
  not_kind: commaList(),
  not_account: commaList(),
  access_key_id: text(),
  accessor: text(),
  holder: text(),
  q: text(),
  issued_after: time(),
  issued_before: time(),
  ends_after: time(),
  ends_before: time(),
} as const;

export function leaseFilterOf(fields: FieldValues<typeof LEASE_FILTER_FIELDS>): LeaseFilterInput {
  return {
    mount: fields.mount,
    role: fields.role,
    kind: fields.kind,
    account: fields.account,
    notMount: fields.not_mount,
    notRole: fields.not_role,
    notKind: fields.not_kind,
    notAccount: fields.not_account,
    accessKeyId: fields.access_key_id,
    accessor: fields.accessor,
    holder: fields.holder,
    q: fields.q,
    issuedAfter: fields.issued_after,
    issuedBefore: fields.issued_before,
    endsAfter: fields.ends_after,
    endsBefore: fields.ends_before,
  };
}
