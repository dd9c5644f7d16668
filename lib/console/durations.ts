import { z } from "zod";

const DURATION = /^(?:\d+|\d+d|(?:\d+(?:\.\d+)?(?:h|m|s))+)?$/;

/** A duration as the API takes it; empty: not set. */
export const DurationInput = z
  .string()
  .trim()
  .max(32)
  .regex(DURATION, "Write a duration: 30m, 12h, 2d, or seconds.");

/** Whole seconds as somebody would type them: `90m`, `12h`; 0 is empty. */
export function durationInput(seconds: number): string {
  if (seconds === 0) return "";
  if (seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
