import { z } from "zod";

/** When a session ends, and what the server's clock says; ISO 8601. */
export const SessionEnds = z.object({
  idleUntil: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  now: z.iso.datetime(),
});
export type SessionEnds = z.infer<typeof SessionEnds>;
