"use client";

import { useEffect, useReducer, type Dispatch } from "react";
import type { AuditAddress } from "@/lib/console/audit-address";
import { type TailSignal, tailUrl } from "@/lib/console/tail";
import { watchTail } from "@/lib/console/tail-client";
import { TAIL_START, type TailAction, tailReducer, type TailState } from "@/lib/console/tail-state";

/** What comes within so long is shown together: the table is not drawn for each entry. */
const TOGETHER_MS = 100;

/** The tail of what the address filters for, for as long as this is mounted. */
export function useTail(address: AuditAddress): [TailState, Dispatch<TailAction>] {
  const [state, dispatch] = useReducer(tailReducer, TAIL_START);
  const url = tailUrl(address);
  useEffect(() => {
    let signals: TailSignal[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (): void => {
      timer = undefined;
      const told = signals;
      signals = [];
      for (const signal of told) dispatch({ kind: "signal", signal });
    };
    const watched = watchTail(url, (signal) => {
      signals.push(signal);
      timer ??= setTimeout(show, TOGETHER_MS);
    });
    return () => {
      clearTimeout(timer);
      watched.stop();
    };
  }, [url]);
  return [state, dispatch];
}
