import { csvCell } from "@/lib/engine/csv-cell";
import { type Lease, LeasePage, LEASES_PATH } from "@/lib/console/leases";
import { type LeaseAddress, leaseQuery } from "@/lib/console/leases-filter";
import type { Operator, Read } from "@/lib/console/operator";

/** Leases that are read at once; memory holds no more of them. */
const PIECE = 500;

export const EXPORT_FORMATS = ["csv", "jsonl"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const EXPORT_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: "text/csv; charset=utf-8; header=present",
  jsonl: "application/x-ndjson; charset=utf-8",
};

const COLUMNS = [
  ...["lease_id", "state", "outcome", "mount_path", "role", "credential_type", "account"],
  ...["user_name", "role_arn", "session_name", "access_key_id", "holder", "principal", "accessor"],
  ...["issued_at", "expires_at", "ends_by", "token_ends_at", "aws_ends_at", "ended_at"],
  ...["renewable", "stops_at_aws", "attempts", "last_error"],
] as const satisfies readonly (keyof Lease)[];

/** Leases as lines of a file; times are UTC, ISO 8601. */
export function exportLines(leases: readonly Lease[], format: ExportFormat): string {
  const lines = leases.map((lease) =>
    format === "csv"
      ? COLUMNS.map((column) => csvCell(lease[column])).join(",")
      : JSON.stringify(lease),
  );
  return lines.map((line) => `${line}\n`).join("");
}

export function exportHead(format: ExportFormat): string {
  return format === "csv" ? `${COLUMNS.join(",")}\n` : "";
}

const Piece = LeasePage.pick({ leases: true, next_cursor: true });

/** The next piece of all leases that a filter finds, wherever its page stood. */
async function readPiece(
  operator: Operator,
  address: LeaseAddress,
  cursor: string,
): Promise<Read<{ leases: Lease[]; next_cursor: string | null }>> {
  const query = { ...leaseQuery({ ...address, cursor }), limit: String(PIECE), count: "false" };
  return operator.read(Piece, LEASES_PATH, query);
}

/**
 * The whole filtered set as a stream, read a piece at a time as it is taken; a piece that cannot be read
 * breaks the stream off, so that a part never looks like the whole.
 *
 * @returns or why not even the first piece could be read.
 */
export async function exportLeases(
  operator: Operator,
  address: LeaseAddress,
  format: ExportFormat,
): Promise<Read<ReadableStream<Uint8Array>>> {
  const first = await readPiece(operator, address, "");
  if (!first.ok) return first;
  const encoder = new TextEncoder();
  let piece: typeof first.data | null = first.data;
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      const head = exportHead(format);
      if (head !== "") controller.enqueue(encoder.encode(head));
    },
    pull: async (controller) => {
      if (piece === null) {
        controller.close();
        return;
      }
      const text = exportLines(piece.leases, format);
      if (text !== "") controller.enqueue(encoder.encode(text));
      const cursor = piece.next_cursor;
      if (cursor === null) {
        piece = null;
        controller.close();
        return;
      }
      const next = await readPiece(operator, address, cursor);
      if (!next.ok) throw new Error(next.refusal.message);
      piece = next.data;
    },
  });
  return { ok: true, data: stream };
}
