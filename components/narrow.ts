"use client";

import { useEffect, useEffectEvent } from "react";

/** Cloudscape's own switch between its narrow and its wide layout. */
const FORCE_NARROW = Symbol.for("awsui-force-mobile-mode");
/** Cloudscape's own bound. */
const NARROW = "(max-width: 688px)";

/**
 * Lets the layout follow the window's width from now on. The server renders the wide layout, and
 * public/theme.js holds the browser to it until React has taken over: rendered narrow at once, it would
 * not match what the server sent, and be built anew. `whenNarrow` is called if it is narrow then.
 */
export function useNarrowLayout(whenNarrow?: () => void): void {
  const told = useEffectEvent(() => whenNarrow?.());
  useEffect(() => {
    if (!Reflect.has(globalThis, FORCE_NARROW)) return;
    Reflect.deleteProperty(globalThis, FORCE_NARROW);
    if (window.matchMedia(NARROW).matches) told();
    window.dispatchEvent(new Event("resize"));
  }, []);
}
