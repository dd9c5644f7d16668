import { queryOptions } from "@tanstack/react-query";
import { Overview } from "@/lib/console/overview";

const OVERVIEW_REFRESH_MS = 3_000;

/** The start page's counts, read again while it is shown. */
export const overviewQuery = queryOptions({
  queryKey: ["overview"],
  queryFn: async ({ signal }) => Overview.parse(await getJson("/api/console/overview", signal)),
  refetchInterval: OVERVIEW_REFRESH_MS,
});

async function getJson(path: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(path, { signal, cache: "no-store" });
  if (!response.ok) {
    throw new Error(`${path} answered ${response.status}`);
  }
  return response.json();
}
