import { z } from "zod";
import { shapeOf } from "@/lib/console/find-text";
import { Lease, LEASES_PATH, readLease } from "@/lib/console/leases";
import type { Operator, Read } from "@/lib/console/operator";

/** Of one identifier; more than that is a matter for the list of leases. */
const LEASES_MAX = 10;

export const FREEZES_PATH = "sys/leasehold/freezes";

/** What one identifier stands for here. */
export const Responded = z.object({
  identifier: z.string(),
  leases: z.array(Lease),
  areMore: z.boolean(),
  /** A user, role or session of AWS that can be frozen; null: the identifier is none. */
  principal: z.string().nullable(),
});
export type Responded = z.infer<typeof Responded>;

const Page = z.object({ leases: z.array(Lease), next_cursor: z.string().nullable() });

/** Looks for the credentials behind an identifier, live and ended ones. */
export async function respondTo(operator: Operator, identifier: string): Promise<Read<Responded>> {
  const principal = /^arn:aws[\w-]*:(?:iam|sts)::\d{12}:(?:user|role|assumed-role)\/./.test(
    identifier,
  )
    ? identifier
    : null;
  if (shapeOf(identifier) === "lease_id") {
    const lease = await readLease(operator, identifier);
    if (lease.ok) {
      return { ok: true, data: { identifier, leases: [lease.data], areMore: false, principal } };
    }
    if (lease.refusal.kind !== "not_found") return lease;
  }
  const found = await Promise.all(
    searchesFor(identifier).map((q) =>
      operator.read(Page, LEASES_PATH, { q, state: "any", limit: String(LEASES_MAX) }),
    ),
  );
  const leases = new Map<string, Lease>();
  let areMore = false;
  for (const page of found) {
    if (!page.ok) return page;
    areMore ||= page.data.next_cursor !== null;
    for (const lease of page.data.leases) leases.set(lease.lease_id, lease);
  }
  const all = [...leases.values()];
  return {
    ok: true,
    data: {
      identifier,
      leases: all.slice(0, LEASES_MAX),
      areMore: areMore || all.length > LEASES_MAX,
      principal,
    },
  };
}

/** The words to search leases by: who holds them, and what they are at AWS. */
function searchesFor(identifier: string): string[] {
  const session = /:assumed-role\/([^/]+)\/(.+)$/.exec(identifier);
  if (session !== null) {
    const [, role = "", name = ""] = session;
    return [identifier, ...(name.length >= 3 && role.length >= 3 ? [`${role} ${name}`] : [])];
  }
  const role = /:iam::(\d{12}):role\/(?:.+\/)?([^/]+)$/.exec(identifier);
  if (role !== null) return [identifier, `:${role[1] ?? ""}:assumed-role/${role[2] ?? ""}/`];
  return [identifier];
}

export const Freeze = z.object({
  id: z.string(),
  kind: z.enum(["principal", "role"]),
  principal: z.string().optional(),
  mount: z.string().optional(),
  role: z.string().optional(),
  active: z.boolean(),
  until: z.string(),
  message: z.string(),
  reason: z.string(),
  created_by: z.string(),
  created_at: z.string(),
});
export type Freeze = z.infer<typeof Freeze>;

export const Freezes = z.object({ freezes: z.array(Freeze) });

export function readFreezes(operator: Operator): Promise<Read<z.infer<typeof Freezes>>> {
  return operator.read(Freezes, FREEZES_PATH);
}
