import { queryOptions } from "@tanstack/react-query";
import { getJson } from "@/lib/console/get-json";
import { SavedViews } from "@/lib/console/views";

/** Saved views of a page. */
export function viewsQuery(page: string) {
  return queryOptions({
    queryKey: ["views", page],
    queryFn: async ({ signal }) =>
      SavedViews.parse(
        await getJson(`/api/console/views?${new URLSearchParams({ page }).toString()}`, signal),
      ),
    retry: false,
    staleTime: Infinity,
  });
}
