"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import {
  type AttemptAddress,
  attemptSearch,
  parseAttemptAddress,
} from "@/lib/console/attempts-filter";

/** Filters and place of the list, as the page's address has them. A page turned can be gone back from. */
export function useAttemptAddress(): [AttemptAddress, (address: AttemptAddress) => void] {
  const params = useSearchParams();
  const path = usePathname();
  const address = useMemo(() => parseAttemptAddress(Object.fromEntries(params)), [params]);
  const set = useCallback(
    (next: AttemptAddress) => {
      const search = attemptSearch(next);
      const href = search === "" ? path : `${path}?${search}`;
      const isTurned = next.cursor !== "" && next.cursor !== address.cursor;
      if (isTurned) window.history.pushState(null, "", href);
      else window.history.replaceState(null, "", href);
    },
    [path, address.cursor],
  );
  return [address, set];
}
