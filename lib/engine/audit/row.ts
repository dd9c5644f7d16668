/** One row of the built-in audit log, ready to be stored. */
export type AuditRow = {
  at: Date;
  /** `both`: one row for a request without an earlier entry of its own. */
  kind: "request" | "response" | "both" | "event";
  requestId: string | null;
  operation: string;
  path: string;
  status: number | null;
  accessor: string | null;
  leaseId: string | null;
  /** JSON text; what the chain's hash covers. */
  entry: string;
};
