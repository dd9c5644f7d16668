import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { AttemptPage } from "@/lib/console/attempts";
import { type AttemptAddress, attemptSearch } from "@/lib/console/attempts-filter";
import { getJson } from "@/lib/console/get-json";

/** One page of attempts; what was shown before stays until it is there. */
export function attemptsQuery(address: AttemptAddress) {
  const search = attemptSearch(address);
  return queryOptions({
    queryKey: ["attempts", search],
    queryFn: async ({ signal }) =>
      AttemptPage.parse(await getJson(`/api/console/attempts?${search}`, signal)),
    placeholderData: keepPreviousData,
    retry: false,
  });
}
