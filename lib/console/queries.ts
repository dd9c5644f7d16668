import { queryOptions } from "@tanstack/react-query";
import { getJson } from "@/lib/console/get-json";
import { Overview } from "@/lib/console/overview";

const OVERVIEW_REFRESH_MS = 3_000;

/** The start page's counts, read again while it is shown. */
export const overviewQuery = queryOptions({
  queryKey: ["overview"],
  queryFn: async ({ signal }) => Overview.parse(await getJson("/api/console/overview", signal)),
  refetchInterval: OVERVIEW_REFRESH_MS,
});
