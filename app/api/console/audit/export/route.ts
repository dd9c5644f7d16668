import { parseAuditAddress } from "@/lib/console/audit-address";
import { EXPORT_FORMATS, exportAudit } from "@/lib/console/audit-export";
import { findOperator } from "@/lib/console/operator";
import { signedOut } from "@/lib/console/refusal";

export const dynamic = "force-dynamic";

/** Streams an archive; a refusal before the first byte is told as JSON. */
export async function GET(request: Request): Promise<Response> {
  const url = new URL(request.url);
  const operator = await findOperator();
  if (operator === null) return refused(signedOut(url.pathname), 401);
  const format = EXPORT_FORMATS.find((one) => one === url.searchParams.get("format")) ?? "jsonl";
  const now = Date.now();
  const address = parseAuditAddress(url.searchParams);
  const exported = await exportAudit(operator, address, format, now);
  if (!exported.ok)
    return refused(exported.refusal, exported.refusal.kind === "forbidden" ? 403 : 400);
  const stamp = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  return new Response(streamOf(exported.archive), {
    headers: {
      "content-type": "application/zip",
      "content-disposition": `attachment; filename="leasehold-audit-${stamp}-${format}.zip"`,
      "cache-control": "no-store",
    },
  });
}

function refused(refusal: unknown, status: number): Response {
  return Response.json({ refusal }, { status, headers: { "cache-control": "no-store" } });
}

/** The next piece is read when the one before was taken; one that nobody takes ends the reading. */
function streamOf(pieces: AsyncGenerator<Buffer>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const piece = await pieces.next();
      if (piece.done === true) controller.close();
      else controller.enqueue(piece.value);
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
}
