/** An act of the server itself (expiry, clean-up, rotation), as the built-in log keeps it. */
export type AuditEvent = {
  /** The field's word for what happened: `lease.expire`, `intent.undo`, … */
  name: string;
  /** The path it concerns, if any: `aws/creds/app`. */
  path: string;
  leaseId?: string;
  accessor?: string;
  /** What a reader needs to understand it; no secrets. */
  detail: Record<string, unknown>;
};
