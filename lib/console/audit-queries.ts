import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { AuditHistogram, AuditPage, OpenedEntry } from "@/lib/console/audit";
import { type AuditAddress, auditParams, filterParams } from "@/lib/console/audit-address";
import { getJson } from "@/lib/console/get-json";

/** Each read stands in the log that is read: nothing is read again unless somebody asks for it. */
const ONCE = {
  retry: false,
  staleTime: Infinity,
  refetchOnWindowFocus: false,
  refetchOnReconnect: false,
} as const;

/** What decides which rows there are. */
export function rowsKey(address: AuditAddress): string {
  return auditParams({ ...address, event: "", isLive: false }).toString();
}

/** `first`: what the server read with the page, and for which rows. */
export function auditRowsQuery(
  address: AuditAddress,
  first: { key: string; page: AuditPage } | null,
) {
  const key = rowsKey(address);
  return queryOptions({
    queryKey: ["audit", "rows", key],
    queryFn: async ({ signal }) =>
      AuditPage.parse(await getJson(`/api/console/audit?${key}`, signal)),
    placeholderData: keepPreviousData,
    ...(first?.key === key && { initialData: first.page }),
    ...ONCE,
  });
}

export function auditHistogramQuery(address: AuditAddress) {
  const key = filterParams(address).toString();
  return queryOptions({
    queryKey: ["audit", "histogram", key],
    queryFn: async ({ signal }) =>
      AuditHistogram.parse(await getJson(`/api/console/audit/histogram?${key}`, signal)),
    ...ONCE,
  });
}

export function auditEntryQuery(id: string) {
  return queryOptions({
    queryKey: ["audit", "entry", id],
    queryFn: async ({ signal }) =>
      OpenedEntry.parse(
        await getJson(`/api/console/audit/entry?${new URLSearchParams({ id }).toString()}`, signal),
      ),
    ...ONCE,
  });
}
