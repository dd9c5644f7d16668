"use client";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import { useCallback, useEffect, useState } from "react";
import { durationText } from "@/components/duration-text";

/** When a session ends, as the server tells it now. */
export type SessionTimes = { idleUntil: string; endsAt: string; now: string };

/** What the watch asks: null says that the session has ended; a throw, that nobody answered. */
export type AskSession = (keepAlive: boolean) => Promise<SessionTimes | null>;

const CHECK_MS = 30_000;
const TICK_MS = 1_000;
/** Somebody at the keyboard keeps the session alive, said at most this often. */
const KEEP_ALIVE_MS = 60_000;
const IDLE_WARNING_MS = 2 * 60_000;
const END_WARNING_MS = 5 * 60_000;

/** Warns before the session ends, keeps it alive while somebody works, and leaves when it is over. */
export function SessionWatch({ first, ask }: { first: SessionTimes; ask: AskSession }) {
  const [ends, setEnds] = useState(() => byOwnClock(first));
  const [now, setNow] = useState(0);
  const [isEndSeen, setEndSeen] = useState(false);

  const check = useCallback(
    async (keepAlive: boolean) => {
      let times: SessionTimes | null;
      try {
        times = await ask(keepAlive);
      } catch {
        // The next page or the next check will tell; an answer that does not come ends nothing.
        return;
      }
      if (times === null) leave();
      else setEnds(byOwnClock(times));
    },
    [ask],
  );

  useEffect(() => watch(check, setNow), [check]);

  if (now === 0) return null;
  const untilIdle = ends.idle - now;
  const untilEnd = ends.end - now;
  const isIdle = untilIdle < IDLE_WARNING_MS && untilIdle < untilEnd;
  const isEnding = untilEnd < END_WARNING_MS && !isEndSeen;
  if (!isIdle && !isEnding) return null;
  const left = durationText(Math.min(untilIdle, untilEnd) / 1000);
  return (
    <Modal
      visible
      header={isIdle ? `You will be signed out in ${left}` : `This session ends in ${left}`}
      closeAriaLabel="Stay signed in"
      onDismiss={() => (isIdle ? void check(true) : setEndSeen(true))}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={() => (isIdle ? void check(true) : setEndSeen(true))}>
            {isIdle ? "Stay signed in" : "Understood"}
          </Button>
        </Box>
      }
    >
      {isIdle
        ? "Nothing was done here for a while. What is not saved would be lost."
        : "A session lasts twelve hours at most, or as long as its token. Save what you are doing, then sign in again."}
    </Modal>
  );
}

/** The server's clock may differ from ours; the time that is left does not. */
function byOwnClock({ idleUntil, endsAt, now }: SessionTimes): { idle: number; end: number } {
  const ahead = Date.now() - Date.parse(now);
  return { idle: Date.parse(idleUntil) + ahead, end: Date.parse(endsAt) + ahead };
}

function watch(
  check: (keepAlive: boolean) => Promise<void>,
  setNow: (now: number) => void,
): () => void {
  let saidAt = Date.now();
  const active = (): void => {
    if (Date.now() - saidAt < KEEP_ALIVE_MS) return;
    saidAt = Date.now();
    void check(true);
  };
  const visible = (): void => {
    if (document.visibilityState === "visible") void check(false);
  };
  const tick = setInterval(() => setNow(Date.now()), TICK_MS);
  const checks = setInterval(() => void check(false), CHECK_MS);
  window.addEventListener("keydown", active);
  window.addEventListener("pointerdown", active);
  document.addEventListener("visibilitychange", visible);
  return () => {
    clearInterval(tick);
    clearInterval(checks);
    window.removeEventListener("keydown", active);
    window.removeEventListener("pointerdown", active);
    document.removeEventListener("visibilitychange", visible);
  };
}

function leave(): void {
  const next = `${window.location.pathname}${window.location.search}`;
  // eslint-disable-next-line @next/next/no-location-assign-relative-destination -- loaded anew, so that nothing of the ended session stays
  window.location.assign(`/login?${new URLSearchParams({ next, ended: "1" }).toString()}`);
}
