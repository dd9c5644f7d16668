import { createHash } from "node:crypto";
import { z } from "zod";
import { EXPORT_ENTRIES_MAX } from "@/lib/console/audit-export-limits";
import { type AuditAddress, filterParams, filterQuery } from "@/lib/console/audit-address";
import type { Operator, Read } from "@/lib/console/operator";
import type { Refusal } from "@/lib/console/refusal";
import { type ZipFile, zipStream } from "@/lib/console/zip-stream";

export const EXPORT_FORMATS = ["jsonl", "csv"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const PATH = "sys/leasehold/audit/export";
const PIECE_ENTRIES = "2000";

const Place = z.object({ at: z.string(), writer: z.string(), seq: z.number() }).nullable();
type Place = z.infer<typeof Place>;

const Piece = z.object({
  content: z.string(),
  count: z.number(),
  first: Place,
  last: Place,
  sha256: z.string(),
  next_cursor: z.string().nullable(),
});
type Piece = z.infer<typeof Piece>;

/** Thrown in the middle of a download, which breaks it off: a part is never taken for the whole. */
class ExportBrokenOff extends Error {
  override readonly name = "ExportBrokenOff";
}

/**
 * An archive of exactly what a filter matches at `now` (ms since 1970), its manifest last; or why there
 * is none. Each piece is a read of the API, so each stands in the log.
 */
export async function exportAudit(
  operator: Operator,
  address: AuditAddress,
  format: ExportFormat,
  now: number,
): Promise<{ ok: true; archive: AsyncGenerator<Buffer> } | { ok: false; refusal: Refusal }> {
  // Closed at its end, so that what is written meanwhile, this export too, is not in it.
  const to = address.to === "" ? new Date(now).toISOString() : address.to;
  const query = { ...filterQuery(address, now), to, format, limit: PIECE_ENTRIES };
  const read = (cursor: string): Promise<Read<Piece>> =>
    operator.read(Piece, PATH, cursor === "" ? query : { ...query, cursor });
  const first = await read("");
  if (!first.ok) return first;
  const filter = { ...filterQuery(address, now), to };
  const asked = { format, filter, address: `/audit?${filterParams(address).toString()}` };
  return { ok: true, archive: zipStream(filesOf(first.data, read, { ...asked, now })) };
}

type Asked = { format: ExportFormat; filter: object; address: string; now: number };

// eslint-disable-next-line @typescript-eslint/require-await -- the archive takes files as they come
async function* filesOf(
  first: Piece,
  read: (cursor: string) => Promise<Read<Piece>>,
  { format, filter, address, now }: Asked,
): AsyncGenerator<ZipFile> {
  const name = `audit.${format}`;
  const whole = createHash("sha256");
  const told = { count: 0, first: null as Place, last: null as Place, pieces: [] as object[] };
  const tell = (piece: Piece): string => {
    whole.update(piece.content);
    told.count += piece.count;
    told.first ??= piece.first;
    told.last = piece.last ?? told.last;
    told.pieces.push({ count: piece.count, sha256: piece.sha256 });
    if (told.count > EXPORT_ENTRIES_MAX) throw new ExportBrokenOff("too many entries");
    return piece.content;
  };
  yield { name, content: contentOf(first, read, tell) };
  const manifest = {
    file: name,
    format,
    exported_at: new Date(now).toISOString(),
    filter: Object.fromEntries(Object.entries(filter).map(([key, value]) => [key, plain(value)])),
    address,
    count: told.count,
    first: told.first,
    last: told.last,
    sha256: whole.digest("hex"),
    pieces: told.pieces,
  };
  yield { name: "manifest.json", content: oneText(`${JSON.stringify(manifest, null, 2)}\n`) };
}

async function* contentOf(
  first: Piece,
  read: (cursor: string) => Promise<Read<Piece>>,
  tell: (piece: Piece) => string,
): AsyncGenerator<string> {
  yield tell(first);
  let cursor = first.next_cursor;
  while (cursor !== null) {
    const next = await read(cursor);
    if (!next.ok) throw new ExportBrokenOff(next.refusal.message);
    yield tell(next.data);
    cursor = next.data.next_cursor;
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- the archive takes files piece by piece
async function* oneText(text: string): AsyncGenerator<string> {
  yield text;
}

/** Without the empty value that keeps another from being split. */
function plain(value: unknown): unknown {
  return Array.isArray(value) ? value.filter((one) => one !== "") : value;
}
