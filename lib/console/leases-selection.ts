import type { Lease } from "@/lib/console/leases";
import { type LeaseAddress, leaseParams } from "@/lib/console/leases-filter";

/** Leases that are to be revoked together: chosen one by one, or all that a filter finds. */
export type LeaseSelection =
  { by: "ids"; leases: readonly Lease[] } | { by: "filter"; query: string; asOf: string };

/** The live leases that a filter finds, as of an instant; it need not tell the page or the order. */
export function allOf(address: LeaseAddress, asOf: string): LeaseSelection {
  const query = leaseParams({ ...address, cursor: "", page: 1, size: 0 }).toString();
  return { by: "filter", query, asOf };
}

/** As actions take it. */
export function sentSelection(
  selection: LeaseSelection,
): { ids: string[] } | { query: string; asOf: string } {
  if (selection.by === "filter") return { query: selection.query, asOf: selection.asOf };
  return { ids: selection.leases.map((lease) => lease.lease_id) };
}
