"use client";

import { useCallback, useState } from "react";
import { useFlashes } from "@/components/flashes";

type Refusal = {
  kind: "forbidden" | "not_found" | "unavailable" | "failed" | "signed_out";
  message: string;
  requestId: string;
  capability: string;
  path: string;
};

/** What a server action came to; see `ActionResult` of lib/console/operator.ts. */
type Result<T> =
  | {
      ok: true;
      asked: string;
      happened: string;
      stillTrue: string;
      isPartial?: boolean;
      value: T;
    }
  | { ok: false; refusal: Refusal; fields: Record<string, string> };

/** A change that runs, was refused, or is none yet. */
export type Change<I> = {
  run: (input: I) => void;
  isRunning: boolean;
  refusal: Refusal | null;
  /** What is wrong with the form, by field. */
  fields: Readonly<Record<string, string>>;
  clear: () => void;
};

const UNKNOWN: Refusal = {
  kind: "unavailable",
  message: "The server did not answer. Whether the change was made is not known: look again.",
  requestId: "",
  capability: "",
  path: "",
};

/**
 * Runs a server action once at a time. What it came to is told in a message above the page, in its three
 * parts; a refusal is kept for the form to show. `onDone` may answer false to keep silent.
 */
export function useChange<I, T>(
  action: (input: I) => Promise<Result<T>>,
  onDone: (value: T) => boolean | undefined,
): Change<I> {
  const { show } = useFlashes();
  const [isRunning, setRunning] = useState(false);
  const [refused, setRefused] = useState<Pick<Change<I>, "refusal" | "fields">>(NOTHING);
  const run = (input: I): void => {
    if (isRunning) return;
    setRunning(true);
    setRefused(NOTHING);
    action(input)
      .then((result) => {
        if (!result.ok) {
          setRefused(result);
        } else if (onDone(result.value) !== false) {
          const { asked: id, happened: header, stillTrue: content } = result;
          show({ id, type: flashType(result), header, ...(content !== "" && { content }) });
        }
      })
      .catch(() => setRefused({ refusal: UNKNOWN, fields: {} }))
      .finally(() => setRunning(false));
  };
  const clear = useCallback(() => setRefused(NOTHING), []);
  return { run, isRunning, ...refused, clear };
}

/** Green says that nothing is left to know; whoever sees it reads no further. */
function flashType(told: {
  stillTrue: string;
  isPartial?: boolean;
}): "success" | "info" | "warning" {
  if (told.isPartial === true) return "warning";
  return told.stillTrue === "" ? "success" : "info";
}

const NOTHING = { refusal: null, fields: {} };
