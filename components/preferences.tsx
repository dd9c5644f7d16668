"use client";

import { applyDensity, applyMode, Density, Mode } from "@cloudscape-design/global-styles";
import { createContext, useContext, useEffect, useMemo, useSyncExternalStore } from "react";
import type { ReactNode } from "react";

/** How an operator likes to see the console; kept in this browser only. */
export type Preferences = {
  mode: "light" | "dark" | "system";
  density: "comfortable" | "compact";
  zone: "utc" | "local";
  /** What stands in the text; the other is in the tooltip. */
  times: "relative" | "absolute";
  /** The list of first steps of a new installation. */
  firstSteps: "shown" | "hidden";
};

const DEFAULTS: Preferences = {
  mode: "system",
  density: "comfortable",
  zone: "utc",
  times: "relative",
  firstSteps: "shown",
};
const CHOICES = {
  mode: ["light", "dark", "system"],
  density: ["comfortable", "compact"],
  zone: ["utc", "local"],
  times: ["relative", "absolute"],
  firstSteps: ["shown", "hidden"],
} as const satisfies { [K in keyof Preferences]: readonly Preferences[K][] };

/** `public/theme.js` reads the same key before anything is painted. */
const KEY = "leasehold.preferences";
const listeners = new Set<() => void>();
let cached: { text: string | null; value: Preferences } = { text: null, value: DEFAULTS };

type Value = { preferences: Preferences; change: (changed: Partial<Preferences>) => void };

const PreferencesContext = createContext<Value>({
  preferences: DEFAULTS,
  change: () => undefined,
});

/** The operator's preferences, and how to change them. */
export function usePreferences(): Value {
  return useContext(PreferencesContext);
}

export function PreferencesProvider({ children }: { children: ReactNode }) {
  const preferences = useSyncExternalStore(subscribe, read, () => DEFAULTS);
  const isSystemDark = useSyncExternalStore(subscribeToSystem, isDarkNow, () => false);
  const isDark = preferences.mode === "dark" || (preferences.mode === "system" && isSystemDark);
  useEffect(() => applyMode(isDark ? Mode.Dark : Mode.Light), [isDark]);
  useEffect(() => {
    applyDensity(preferences.density === "compact" ? Density.Compact : Density.Comfortable);
  }, [preferences.density]);
  const value = useMemo(() => ({ preferences, change }), [preferences]);
  return <PreferencesContext.Provider value={value}>{children}</PreferencesContext.Provider>;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

const DARK = "(prefers-color-scheme: dark)";

function subscribeToSystem(listener: () => void): () => void {
  const query = window.matchMedia(DARK);
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}

function isDarkNow(): boolean {
  return window.matchMedia(DARK).matches;
}

/** The same object as long as the stored text is the same. */
function read(): Preferences {
  const text = window.localStorage.getItem(KEY);
  if (text !== cached.text) cached = { text, value: parse(text) };
  return cached.value;
}

function change(changed: Partial<Preferences>): void {
  window.localStorage.setItem(KEY, JSON.stringify({ ...read(), ...changed }));
  for (const listener of listeners) listener();
}

/** What an older version or a curious hand left there counts as far as it is a choice of today. */
function parse(text: string | null): Preferences {
  let stored: unknown;
  try {
    stored = JSON.parse(text ?? "{}");
  } catch {
    return DEFAULTS;
  }
  const pick = <T,>(name: string, choices: readonly T[], otherwise: T): T => {
    const value: unknown =
      typeof stored === "object" && stored !== null ? Reflect.get(stored, name) : undefined;
    return choices.find((choice) => choice === value) ?? otherwise;
  };
  return {
    mode: pick("mode", CHOICES.mode, DEFAULTS.mode),
    density: pick("density", CHOICES.density, DEFAULTS.density),
    zone: pick("zone", CHOICES.zone, DEFAULTS.zone),
    times: pick("times", CHOICES.times, DEFAULTS.times),
    firstSteps: pick("firstSteps", CHOICES.firstSteps, DEFAULTS.firstSteps),
  };
}
