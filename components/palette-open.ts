"use client";

import { useEffect, useState } from "react";

/** Whether the palette is open; Ctrl+K and Cmd+K open and close it on every page. */
export function usePalette(): { isOpen: boolean; open: () => void; close: () => void } {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const toggle = (event: KeyboardEvent): void => {
      const isCombination = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
      if (!isCombination || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      setOpen((now) => !now);
    };
    window.addEventListener("keydown", toggle);
    return () => window.removeEventListener("keydown", toggle);
  }, []);
  return { isOpen, open: () => setOpen(true), close: () => setOpen(false) };
}
