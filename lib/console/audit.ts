import { z } from "zod";
import { type AuditAddress, filterQuery, pageQuery } from "@/lib/console/audit-address";
import type { Operator, Read } from "@/lib/console/operator";
import { Explanation } from "@/lib/console/policies";
import { Refusal } from "@/lib/console/refusal";

export const OUTCOMES = ["success", "denied", "refused", "failed", "event", "open"] as const;
const Outcome = z.enum(OUTCOMES);
export type AuditOutcome = z.infer<typeof Outcome>;

const Text = z.string().nullable();
const Figure = z.number().nullable();

/** An entry as lists show it. Names and paths are as callers chose them. */
export const AuditEntry = z.object({
  /** What opens it: the request's id, or the entry's place in the log. */
  id: z.string(),
  at: z.string(),
  writer: z.string(),
  seq: z.number(),
  kind: z.enum(["request", "response", "both", "event"]),
  outcome: Outcome,
  status: Figure,
  request_id: Text,
  operation: z.string(),
  path: z.string(),
  role: Text,
  accessor: Text,
  lease_id: Text,
  display_name: Text,
  principal: Text,
  entity_id: Text,
  mount_path: Text,
  mount_type: Text,
  mount_class: Text,
  mount_accessor: Text,
  remote_address: Text,
  elapsed_ms: Figure,
  error: Text,
  granting_policies: z.array(z.string()),
  allowed: z.boolean().nullable(),
  event: Text,
});
export type AuditEntry = z.infer<typeof AuditEntry>;

export const AuditPage = z.object({
  entries: z.array(AuditEntry),
  next_cursor: Text,
  previous_cursor: Text,
  as_of: z.string(),
});
export type AuditPage = z.infer<typeof AuditPage>;

const Bar = z.object({
  at: z.string(),
  success: z.number().default(0),
  denied: z.number().default(0),
  refused: z.number().default(0),
  failed: z.number().default(0),
  event: z.number().default(0),
  open: z.number().default(0),
});

/** Counts over the whole filter; bars without entries are left out. */
export const AuditHistogram = z.object({
  as_of: z.string(),
  histogram: z.object({
    from: z.string(),
    to: z.string(),
    width_seconds: z.number(),
    bars: z.array(Bar),
  }),
});
export type AuditHistogram = z.infer<typeof AuditHistogram>;

const Block = z.record(z.string(), z.unknown()).nullable();

/** A request with its answer, or an act of the server, and the batches that chain its entries. */
const AuditRequest = AuditEntry.extend({
  requested_at: z.string(),
  answered_at: Text,
  request: Block,
  auth: Block,
  response: Block,
  entries: z.array(
    z.object({
      at: z.string(),
      writer: z.string(),
      seq: z.number(),
      kind: z.string(),
      entry: z.record(z.string(), z.unknown()),
      chain: z
        .object({ batch: z.number(), hash: z.string(), first_seq: z.number(), count: z.number() })
        .nullable(),
    }),
  ),
});
export type AuditRequest = z.infer<typeof AuditRequest>;

/** With what the policies that were asked then say now; null: nobody's policies were asked. */
export const OpenedEntry = z.object({
  entry: AuditRequest,
  explanation: z
    .union([
      z.object({ ok: z.literal(true), data: Explanation }),
      z.object({ ok: z.literal(false), refusal: Refusal }),
    ])
    .nullable(),
});
export type OpenedEntry = z.infer<typeof OpenedEntry>;

export const AUDIT_PATH = "sys/leasehold/audit";
/** Bars of the histogram: what a phone's width has room for. */
const BARS = "60";

export function readAuditPage(
  operator: Operator,
  address: AuditAddress,
  now: number,
): Promise<Read<AuditPage>> {
  return operator.read(AuditPage, AUDIT_PATH, pageQuery(address, now));
}

export function readAuditHistogram(
  operator: Operator,
  address: AuditAddress,
  now: number,
): Promise<Read<AuditHistogram>> {
  const query = { ...filterQuery(address, now), limit: "1", histogram: BARS };
  return operator.read(AuditHistogram, AUDIT_PATH, query);
}

const Auth = z.object({ policies: z.array(z.string()).min(1) });
const EXPLAINED = ["create", "read", "update", "patch", "delete", "list"];

export async function readAuditEntry(operator: Operator, id: string): Promise<Read<OpenedEntry>> {
  const entry = await operator.read(AuditRequest, `${AUDIT_PATH}/${id}`);
  if (!entry.ok) return entry;
  const { auth, allowed, operation, path } = entry.data;
  const asked = Auth.safeParse(auth);
  if (!asked.success || allowed === null || !EXPLAINED.includes(operation)) {
    return { ok: true, data: { entry: entry.data, explanation: null } };
  }
  const policies = [...asked.data.policies, ""];
  const query = { path, operation, policies };
  const explanation = await operator.read(Explanation, "sys/leasehold/policies/explain", query);
  return { ok: true, data: { entry: entry.data, explanation } };
}
