"use client";

import Flashbar, { type FlashbarProps } from "@cloudscape-design/components/flashbar";
import { createContext, useCallback, useContext, useMemo, useState } from "react";
import type { ReactNode } from "react";

/** A message above the page: `id` replaces an earlier one of the same id. */
export type Flash = Omit<FlashbarProps.MessageDefinition, "id" | "dismissible" | "onDismiss"> & {
  id: string;
};

type Value = {
  flashes: readonly Flash[];
  show: (flash: Flash) => void;
  dismiss: (id: string) => void;
};

const FlashContext = createContext<Value>({
  flashes: [],
  show: () => undefined,
  dismiss: () => undefined,
});

/** Shows and takes back messages that stay while the operator moves from page to page. */
export function useFlashes(): Pick<Value, "show" | "dismiss"> {
  return useContext(FlashContext);
}

export function FlashProvider({ children }: { children: ReactNode }) {
  const [flashes, setFlashes] = useState<readonly Flash[]>([]);
  const dismiss = useCallback(
    (id: string) => setFlashes((shown) => shown.filter((flash) => flash.id !== id)),
    [],
  );
  const show = useCallback(
    (flash: Flash) =>
      setFlashes((shown) => [flash, ...shown.filter((other) => other.id !== flash.id)]),
    [],
  );
  const value = useMemo(() => ({ flashes, show, dismiss }), [flashes, show, dismiss]);
  return <FlashContext.Provider value={value}>{children}</FlashContext.Provider>;
}

/** The messages themselves, where the page shows them. */
export function Flashes() {
  const { flashes, dismiss } = useContext(FlashContext);
  return (
    <Flashbar
      stackItems
      items={flashes.map((flash) => ({
        ...flash,
        dismissible: true,
        dismissLabel: "Dismiss",
        onDismiss: () => dismiss(flash.id),
      }))}
    />
  );
}
