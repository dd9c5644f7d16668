"use client";

import { useCallback, useEffect, useState } from "react";

/** From reveal to the end. */
const REVEALED_MS = 60_000;
/** A secret that nobody looks at can be copied this long. */
const MASKED_MS = 300_000;

export type ShownOnce<T> = {
  /** Null: gone, and nothing brings it back. */
  secret: T | null;
  isRevealed: boolean;
  hold: (secret: T) => void;
  reveal: () => void;
  drop: () => void;
};

/**
 * Holds a secret for one look. Masked at first; once revealed, it is gone as soon as the window loses
 * the focus, the tab is hidden or left, or a minute has passed.
 */
export function useShownOnce<T extends object>(): ShownOnce<T> {
  const [secret, setSecret] = useState<T | null>(null);
  const [isRevealed, setRevealed] = useState(false);
  const drop = useCallback(() => {
    setSecret(null);
    setRevealed(false);
  }, []);
  const hold = useCallback((held: T) => {
    setSecret(held);
    setRevealed(false);
  }, []);
  useEffect(() => {
    if (secret === null) return;
    const timer = setTimeout(drop, isRevealed ? REVEALED_MS : MASKED_MS);
    return () => clearTimeout(timer);
  }, [secret, isRevealed, drop]);
  useEffect(() => {
    window.addEventListener("pagehide", drop);
    return () => window.removeEventListener("pagehide", drop);
  }, [drop]);
  useEffect(() => {
    if (!isRevealed) return;
    const dropHidden = () => {
      if (document.visibilityState === "hidden") drop();
    };
    window.addEventListener("blur", drop);
    document.addEventListener("visibilitychange", dropHidden);
    return () => {
      window.removeEventListener("blur", drop);
      document.removeEventListener("visibilitychange", dropHidden);
    };
  }, [isRevealed, drop]);
  return { secret, isRevealed, hold, reveal: () => setRevealed(true), drop };
}
