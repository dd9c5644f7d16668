"use client";

import { useCallback, useMemo, useSyncExternalStore } from "react";

/** How an operator likes to see one table; kept in this browser only. */
export type TablePreferences = {
  pageSize: number;
  wrapLines: boolean;
  /** Columns in their order, with those that are hidden. */
  columns: readonly { id: string; visible: boolean }[];
};

const listeners = new Set<() => void>();

/** The preferences of the table of this name, and how to change them. */
export function useTablePreferences(
  name: string,
  defaults: TablePreferences,
): [TablePreferences, (changed: TablePreferences) => void] {
  const key = `leasehold.table.${name}`;
  const text = useSyncExternalStore(
    subscribe,
    () => window.localStorage.getItem(key),
    () => null,
  );
  const preferences = useMemo(() => parse(text, defaults), [text, defaults]);
  const change = useCallback(
    (changed: TablePreferences) => {
      window.localStorage.setItem(key, JSON.stringify(changed));
      for (const listener of listeners) listener();
    },
    [key],
  );
  return [preferences, change];
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

/** Columns that are new since then are shown as by default; those that are gone are forgotten. */
function parse(text: string | null, defaults: TablePreferences): TablePreferences {
  let stored: unknown;
  try {
    stored = JSON.parse(text ?? "null");
  } catch {
    return defaults;
  }
  if (typeof stored !== "object" || stored === null) return defaults;
  const size: unknown = Reflect.get(stored, "pageSize");
  const wrap: unknown = Reflect.get(stored, "wrapLines");
  const columns: unknown = Reflect.get(stored, "columns");
  const known = Array.isArray(columns) ? columns.filter(isColumn) : [];
  const kept = known.filter(({ id }) => defaults.columns.some((column) => column.id === id));
  const added = defaults.columns.filter(({ id }) => !kept.some((column) => column.id === id));
  return {
    pageSize: typeof size === "number" ? size : defaults.pageSize,
    wrapLines: typeof wrap === "boolean" ? wrap : defaults.wrapLines,
    columns: [...kept, ...added],
  };
}

function isColumn(column: unknown): column is TablePreferences["columns"][number] {
  return (
    typeof column === "object" &&
    column !== null &&
    typeof Reflect.get(column, "id") === "string" &&
    typeof Reflect.get(column, "visible") === "boolean"
  );
}
