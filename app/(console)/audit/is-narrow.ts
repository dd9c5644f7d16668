"use client";

import { useSyncExternalStore } from "react";

/** Cloudscape's own bound between its narrow and its wide layout. */
const NARROW = "(max-width: 688px)";

/** Whether a table of ten columns has no room. The server renders the wide layout. */
export function useIsNarrow(): boolean {
  return useSyncExternalStore(subscribe, isNarrowNow, () => false);
}

function subscribe(listener: () => void): () => void {
  const query = window.matchMedia(NARROW);
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}

function isNarrowNow(): boolean {
  return window.matchMedia(NARROW).matches;
}
