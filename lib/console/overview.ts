import { z } from "zod";

const Count = z.number().int().nonnegative();

/**
 * What the start page shows to anyone who can reach it: counts and states, no names.
 */
export const Overview = z.object({
  version: z.string(),
  initialized: z.boolean(),
  sealed: z.boolean(),
  /** Whether this process started the Postgres that came with it. */
  embeddedDatabase: z.boolean(),
  mounts: Count,
  /** Live credentials under a lease. */
  leases: Count,
  /** Live client tokens. */
  tokens: Count,
  auditEntries: Count,
  /** Logins answered in the last 15 minutes. */
  recentLogins: Count,
});
export type Overview = z.infer<typeof Overview>;
