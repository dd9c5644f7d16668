import { z } from "zod";

/** A lease as other pages name it. */
export const FoundLease = z.object({
  lease_id: z.string(),
  state: z.string(),
  credential_type: z.string(),
  holder: z.string().nullable(),
  access_key_id: z.string().nullable(),
  issued_at: z.string(),
  expires_at: z.string(),
});
export type FoundLease = z.infer<typeof FoundLease>;

/** The page of a lease. */
export function leasePageHref(leaseId: string): string {
  return `/leases/${leaseId.split("/").map(encodeURIComponent).join("/")}`;
}
