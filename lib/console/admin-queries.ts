import { queryOptions } from "@tanstack/react-query";
import { Health } from "@/lib/console/admin-health";
import { Rights } from "@/lib/console/admin-rights";
import { getJson } from "@/lib/console/get-json";

const HEALTH_REFRESH_MS = 5_000;
const RIGHTS_STALE_MS = 30_000;

/** Read again while the page is in view. */
export const healthQuery = queryOptions({
  queryKey: ["admin", "health"],
  queryFn: async ({ signal }) => Health.parse(await getJson("/api/console/admin/health", signal)),
  refetchInterval: HEALTH_REFRESH_MS,
  retry: false,
});

/** What a token with these policies could do. */
export function rightsQuery(policies: readonly string[]) {
  return queryOptions({
    queryKey: ["admin", "rights", policies],
    queryFn: async ({ signal }) => {
      const query = new URLSearchParams({ policies: policies.join(",") }).toString();
      return Rights.parse(await getJson(`/api/console/admin/rights?${query}`, signal));
    },
    retry: false,
    staleTime: RIGHTS_STALE_MS,
  });
}
