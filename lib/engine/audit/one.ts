import { answered, type Decision } from "@/lib/engine/answer";
import { entryData, entryOf } from "@/lib/engine/audit/found";
import { auditFilter, isUuid, type FoundEntry } from "@/lib/engine/audit/search";
import { invalidRequest } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";

/**
 * One request of the built-in log, or one act of the server: its entries as they are stored, merged
 * into one, and the batches of the chain that hold them.
 *
 * @param id a request's, or the place of an entry without one, as searches tell it.
 * @throws EngineError `invalid_request`.
 */
export async function readAuditRequest(
  ports: Ports,
  scope: RequestScope,
  id: string,
): Promise<Decision> {
  const { visible } = auditFilter(scope, NOTHING_ASKED);
  const rows = (await rowsOf(ports, id)).filter((row) => isWithin(row, visible));
  const last = rows.at(-1);
  if (last === undefined) return answered(null);
  const entries = await Promise.all(
    rows.map(async (row) => ({
      ...entryData(row),
      entry: entryOf(row),
      chain: await chainData(ports, row),
    })),
  );
  const asked = rows.find((row) => row.kind === "request");
  return {
    answer: {
      data: {
        ...entryData(last),
        // The row of a request that was answered later tells how it was asked.
        requested_at: (asked ?? last).at.toISOString(),
        answered_at: last.kind === "request" ? null : last.at.toISOString(),
        request: entryOf(asked ?? last)["request"] ?? null,
        auth: entryOf(last)["auth"] ?? null,
        response: entryOf(last)["response"] ?? null,
        entries,
      },
      audited: { entries: rows.length },
    },
    effects: [],
  };
}

/** Microseconds since 1970, writer, sequence number. */
const PLACE = /^(\d{1,18})\.([0-9a-f-]{36})\.(\d{1,18})$/;

async function rowsOf({ operator: { audit } }: Ports, id: string): Promise<FoundEntry[]> {
  if (isUuid(id)) return audit.ofRequest(id);
  const [, key = "", writer = "", seq = ""] = PLACE.exec(id) ?? [];
  if (!isUuid(writer)) throw invalidRequest("request_id is no UUID");
  const found = await audit.entryAt({ key, id: `${writer} ${seq}` });
  return found === null ? [] : [found];
}

function isWithin(row: FoundEntry, visible: readonly string[] | null): boolean {
  if (visible === null) return true;
  return visible.some(
    (prefix) => row.path.startsWith(prefix) || row.leaseId?.startsWith(prefix) === true,
  );
}

async function chainData(ports: Ports, row: FoundEntry): Promise<Record<string, unknown> | null> {
  const link = await ports.operator.audit.chainLink(row.writer, row.seq);
  if (link === null) return null;
  return { batch: link.batch, hash: link.hash, first_seq: link.firstSeq, count: link.count };
}

const NOTHING_ASKED = {
  from: undefined,
  to: undefined,
  kind: undefined,
  notKind: undefined,
  outcome: undefined,
  notOutcome: undefined,
  status: undefined,
  notStatus: undefined,
  operation: undefined,
  notOperation: undefined,
  path: undefined,
  notPath: undefined,
  role: undefined,
  notRole: undefined,
  accessor: undefined,
  notAccessor: undefined,
  displayName: undefined,
  notDisplayName: undefined,
  remoteAddress: undefined,
  notRemoteAddress: undefined,
  error: undefined,
  notError: undefined,
  leaseId: undefined,
  notLeaseId: undefined,
  requestId: undefined,
  q: undefined,
  hash: undefined,
} as const;
