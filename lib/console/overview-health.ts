import { queryOptions } from "@tanstack/react-query";
import { Health } from "@/lib/console/admin-health";
import { getJson, ReadRefused } from "@/lib/console/get-json";
import type { Read } from "@/lib/console/operator";

const HEALTH_REFRESH_MS = 20_000;

export type HealthRead = Read<Health>;

/**
 * Health for whoever may read it, on any page: who may not is asked once. A refusal by a server that is
 * sealed is an outcome too; that nobody answers is an error.
 */
export const operatorHealthQuery = queryOptions<HealthRead>({
  queryKey: ["health"],
  queryFn: async ({ signal }) => {
    try {
      return { ok: true, data: Health.parse(await getJson("/api/console/admin/health", signal)) };
    } catch (error) {
      if (error instanceof ReadRefused && error.refusal.requestId !== "") {
        return { ok: false, refusal: error.refusal };
      }
      throw error;
    }
  },
  refetchInterval: ({ state }) =>
    state.data?.ok === false && state.data.refusal.kind === "forbidden" ? false : HEALTH_REFRESH_MS,
  retry: false,
  staleTime: HEALTH_REFRESH_MS / 2,
});
