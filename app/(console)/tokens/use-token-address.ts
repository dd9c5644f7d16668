"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { parseTokenAddress, type TokenAddress, tokenSearch } from "@/lib/console/tokens-filter";

/** Filters, order and place of the list, as the page's address has them. A page turned can be gone back from. */
export function useTokenAddress(): [TokenAddress, (address: TokenAddress) => void] {
  const params = useSearchParams();
  const path = usePathname();
  const address = useMemo(() => parseTokenAddress(Object.fromEntries(params)), [params]);
  const set = useCallback(
    (next: TokenAddress) => {
      const search = tokenSearch(next);
      const href = search === "" ? path : `${path}?${search}`;
      const isTurned = next.cursor !== "" && next.cursor !== address.cursor;
      if (isTurned) window.history.pushState(null, "", href);
      else window.history.replaceState(null, "", href);
    },
    [path, address.cursor],
  );
  return [address, set];
}
