"use client";

import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { type AuditAddress, auditHref, parseAuditAddress } from "@/lib/console/audit-address";

export type ChangeAddress = (changed: (address: AuditAddress) => AuditAddress) => void;

/**
 * What the address says, and how to say something else. Each change is a step that the browser can go
 * back; the page is not loaded anew.
 */
export function useAuditAddress(): [AuditAddress, ChangeAddress] {
  const query = useSearchParams().toString();
  const address = useMemo(() => parseAuditAddress(new URLSearchParams(query)), [query]);
  const change = useCallback<ChangeAddress>((changed) => {
    const now = parseAuditAddress(new URLSearchParams(window.location.search));
    window.history.pushState(null, "", auditHref(changed(now)));
  }, []);
  return [address, change];
}
