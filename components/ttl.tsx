"use client";

import { durationText } from "@/components/duration-text";

/** A time to live; 0 is what the mount or the system says. `limit`: the term that sets it, if known. */
export function Ttl({
  seconds,
  zero = "as the mount",
  limit,
}: {
  seconds: number;
  zero?: string;
  limit?: string;
}) {
  return (
    <span title={`${seconds} seconds`}>
      {seconds === 0 ? zero : durationText(seconds)}
      {limit !== undefined && <span className="dim"> ({limit})</span>}
    </span>
  );
}
