"use client";

import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { type LeaseAddress, hrefOfLeases, leaseAddressOf } from "@/lib/console/leases-filter";

/** What the browser's address says of the list. Going back leads to the page or filter before. */
export function useLeaseAddress(): [LeaseAddress, (next: LeaseAddress) => void] {
  const params = useSearchParams();
  const address = useMemo(() => leaseAddressOf(new URLSearchParams(params)), [params]);
  const go = useCallback((next: LeaseAddress) => {
    const href = hrefOfLeases(next);
    const open = new URLSearchParams(window.location.search).get("lease");
    const panel =
      open === null ? "" : `${href.includes("?") ? "&" : "?"}lease=${encodeURIComponent(open)}`;
    window.history.pushState(null, "", `${href}${panel}`);
  }, []);
  return [address, go];
}
