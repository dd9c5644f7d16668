import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { getJson } from "@/lib/console/get-json";
import { LeaseDetail, LeasePage } from "@/lib/console/leases";
import { type LeaseAddress, leaseParams } from "@/lib/console/leases-filter";

/** What happens elsewhere is seen within this time. */
const REFRESH_MS = 5_000;

/** The leases that an address names; the ones before stay while others are fetched. */
export function leasesQuery(address: LeaseAddress) {
  const query = leaseParams(address).toString();
  return queryOptions({
    queryKey: ["leases", "list", query],
    queryFn: async ({ signal }) =>
      LeasePage.parse(await getJson(`/api/console/leases?${query}`, signal)),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
    retry: 1,
  });
}

/** One lease with its limits and its story. */
export function leaseDetailQuery(leaseId: string) {
  const query = new URLSearchParams({ id: leaseId }).toString();
  return queryOptions({
    queryKey: ["leases", "one", leaseId],
    queryFn: async ({ signal }) =>
      LeaseDetail.parse(await getJson(`/api/console/leases/lease?${query}`, signal)),
    refetchInterval: REFRESH_MS,
    retry: 1,
  });
}
