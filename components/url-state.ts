"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useCallback } from "react";

/**
 * One parameter of the page's address: filters and tabs live there, so that a link shows what its sender
 * saw. `empty` is not written. `server`: the page is read anew, since the server filters by it.
 */
export function useUrlState(
  name: string,
  empty = "",
  { server = false } = {},
): [string, (value: string) => void] {
  const params = useSearchParams();
  const path = usePathname();
  const router = useRouter();
  const set = useCallback(
    (value: string) => {
      const next = new URLSearchParams(window.location.search);
      if (value === empty) next.delete(name);
      else next.set(name, value);
      const query = next.toString();
      const href = query === "" ? path : `${path}?${query}`;
      if (server) router.replace(href, { scroll: false });
      else window.history.replaceState(null, "", href);
    },
    [name, empty, path, router, server],
  );
  return [params.get(name) ?? empty, set];
}
