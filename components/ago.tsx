"use client";

import Tooltip from "@cloudscape-design/components/tooltip";
import { useRef, useState } from "react";
import { durationText } from "@/components/duration-text";
import { useNow } from "@/components/now";
import { type Preferences, usePreferences } from "@/components/preferences";

/**
 * An instant (ISO 8601): relative with the absolute on hover and focus, or the reverse, as the operator
 * prefers. Null: `never` is shown.
 */
export function Ago({ at, never = "never" }: { at: string | null; never?: string }) {
  const now = useNow();
  const { preferences } = usePreferences();
  const [isOpen, setOpen] = useState(false);
  const track = useRef<HTMLSpanElement>(null);
  if (at === null || at === "") return <span className="dim">{never}</span>;
  const instant = new Date(at);
  const relative = relativeText(instant.getTime() - now);
  const absolute = absoluteText(instant, preferences.zone);
  const [shown, told] =
    preferences.times === "relative" ? [relative, absolute] : [absolute, relative];
  return (
    <span
      ref={track}
      className="ago"
      // The other form is for the keyboard too.
      tabIndex={0}
      onMouseEnter={() => setOpen(true)}
      onMouseLeave={() => setOpen(false)}
      onFocus={() => setOpen(true)}
      onBlur={() => setOpen(false)}
    >
      <time dateTime={at} aria-label={`${shown}, ${told}`}>
        {shown}
      </time>
      {isOpen && (
        <Tooltip content={told} getTrack={() => track.current} onEscape={() => setOpen(false)} />
      )}
    </span>
  );
}

function relativeText(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1000);
  if (seconds < 5) return "now";
  return ms < 0 ? `${durationText(seconds)} ago` : `in ${durationText(seconds)}`;
}

/** `2026-11-24 15:40:05 UTC`; local times name their offset. */
function absoluteText(at: Date, zone: Preferences["zone"]): string {
  if (zone === "utc") return `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
  const offset = -at.getTimezoneOffset();
  const local = new Date(at.getTime() + offset * 60_000).toISOString();
  const hours = String(Math.floor(Math.abs(offset) / 60)).padStart(2, "0");
  const minutes = String(Math.abs(offset) % 60).padStart(2, "0");
  return `${local.slice(0, 19).replace("T", " ")} ${offset < 0 ? "-" : "+"}${hours}:${minutes}`;
}
