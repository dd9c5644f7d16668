"use client";

import { useEffect, useRef, type RefObject } from "react";

/** Tells when the top of a list is scrolled out of sight, and when it is back. */
export function useScrolledAway(
  onChange: (isAway: boolean) => void,
): RefObject<HTMLDivElement | null> {
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = top.current;
    if (element === null) return;
    const observer = new IntersectionObserver(([seen]) => {
      if (seen === undefined) return;
      // Below the fold is not scrolled away: the reader has not come to it yet.
      onChange(!seen.isIntersecting && seen.boundingClientRect.top < 0);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [onChange]);
  return top;
}
