import { createHash } from "node:crypto";
import type { Decision } from "@/lib/engine/answer";
import { entryData, entryOf } from "@/lib/engine/audit/found";
import { auditFilter, type AuditFilterInput, type FoundEntry } from "@/lib/engine/audit/search";
import { csvCell } from "@/lib/engine/csv-cell";
import { jsonLine } from "@/lib/engine/hidden-characters";
import { cutPage, pageAsk } from "@/lib/engine/page";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import { choice } from "@/lib/engine/search-input";

const PAGE = { default: 1_000, max: 5_000 };
const FORMATS = ["jsonl", "csv"] as const;

export type AuditExportInput = AuditFilterInput & {
  format: string | undefined;
  limit: number | undefined;
  cursor: string | undefined;
};

/**
 * Entries by filter as lines of a file, oldest first, a piece at a time: pieces that are put one
 * behind the other by their cursors are the whole. Each tells what a manifest needs.
 *
 * @throws EngineError `invalid_request`.
 */
export async function exportAudit(
  ports: Ports,
  scope: RequestScope,
  input: AuditExportInput,
): Promise<Decision> {
  const filter = auditFilter(scope, input);
  const format = choice("format", input.format, FORMATS);
  const list = ["audit export", filter, format];
  const ask = pageAsk(input, list, PAGE);
  const rows = await ports.operator.audit.page(filter, { ...ask, oldestFirst: true });
  const { shown, next } = cutPage(rows, ask.limit, list);
  const lines = format === "csv" ? csvLines(shown, ask.after === null) : shown.map(lineOf);
  const content = lines.map((line) => `${line}\n`).join("");
  const sha256 = createHash("sha256").update(content).digest("hex");
  return {
    answer: {
      data: {
        format,
        content,
        count: shown.length,
        first: placeOf(shown[0]),
        last: placeOf(shown.at(-1)),
        sha256,
        next_cursor: next,
      },
      audited: { format, count: shown.length, sha256, more: next !== null },
    },
    effects: [],
  };
}

function placeOf(row: FoundEntry | undefined): Record<string, unknown> | null {
  return row === undefined ? null : { at: row.at.toISOString(), writer: row.writer, seq: row.seq };
}

function lineOf(row: FoundEntry): string {
  return jsonLine({
    at: row.at.toISOString(),
    writer: row.writer,
    seq: row.seq,
    kind: row.kind,
    outcome: row.outcome,
    request_id: row.requestId,
    operation: row.operation,
    path: row.path,
    status: row.status,
    accessor: row.accessor,
    lease_id: row.leaseId,
    entry: entryOf(row),
  });
}

const COLUMNS = [
  ...["at", "writer", "seq", "kind", "outcome", "status", "request_id", "operation", "path"],
  ...["accessor", "lease_id", "display_name", "principal", "remote_address", "elapsed_ms"],
  ...["error", "event"],
];

function csvLines(rows: readonly FoundEntry[], withHead: boolean): string[] {
  const lines = rows.map((row) => {
    const data = entryData(row);
    return COLUMNS.map((column) => csvCell(data[column])).join(",");
  });
  return withHead ? [COLUMNS.join(","), ...lines] : lines;
}
