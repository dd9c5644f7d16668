import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { getJson } from "@/lib/console/get-json";
import { TokenDetail, TokenPage } from "@/lib/console/tokens";
import { type TokenAddress, tokenSearch } from "@/lib/console/tokens-filter";

/** One page of tokens; what was shown before stays until it is there. */
export function tokensQuery(address: TokenAddress) {
  const search = tokenSearch(address);
  return queryOptions({
    queryKey: ["tokens", search],
    queryFn: async ({ signal }) =>
      TokenPage.parse(await getJson(`/api/console/tokens?${search}`, signal)),
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** The children of a token that is not the page's own. */
export function childrenQuery(accessor: string) {
  return queryOptions({
    queryKey: ["token-children", accessor],
    queryFn: async ({ signal }) => {
      const query = new URLSearchParams({ accessor }).toString();
      return TokenDetail.parse(await getJson(`/api/console/tokens/one?${query}`, signal));
    },
    retry: false,
  });
}
