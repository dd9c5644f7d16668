"use client";

import { useQuery } from "@tanstack/react-query";
import { useSettled } from "@/components/settled";

/** What a text names, by kind; see lib/console/find-found.ts. */
export type PaletteFound = {
  groups: readonly {
    kind: string;
    hits: readonly { text: string; detail: string; href: string }[];
    isMore: boolean;
  }[];
  /** What the operator's policies do not let be searched. */
  hidden: readonly { kind: string; capability: string; path: string }[];
  failed: readonly { kind: string; message: string }[];
};

export type FindText = (text: string, signal: AbortSignal) => Promise<PaletteFound>;

const LENGTH_MIN = 3;
const LENGTH_MAX = 512;
/** Every search is several reads that are logged, so it waits for the typing to rest. */
const REST_MS = 300;

/** Looks for what is typed once the typing rests. */
export function usePaletteSearch(find: FindText, text: string) {
  const settled = useSettled(text, REST_MS);
  const isAsked = settled.length >= LENGTH_MIN && settled.length <= LENGTH_MAX && text !== "";
  const query = useQuery({
    queryKey: ["find", settled],
    queryFn: ({ signal }) => find(settled, signal),
    enabled: isAsked,
    retry: false,
    // What was just looked for is not asked again while the same palette is open.
    staleTime: 10_000,
    gcTime: 0,
  });
  return {
    found: isAsked ? (query.data ?? null) : null,
    isSearching: isAsked && query.isFetching,
    failure: isAsked && query.isError ? query.error.message : null,
  };
}
