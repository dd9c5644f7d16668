import { EXPORT_FORMATS, EXPORT_TYPES, exportLeases } from "@/lib/console/leases-export";
import { leaseAddressOf } from "@/lib/console/leases-filter";
import { findOperator } from "@/lib/console/operator";

export const dynamic = "force-dynamic";

/** All leases that the filter of the address finds, as a file, streamed. */
export async function GET(request: Request): Promise<Response> {
  const operator = await findOperator();
  if (operator === null) return refused("You are signed out.", 401);
  const params = new URL(request.url).searchParams;
  const format = EXPORT_FORMATS.find((one) => one === params.get("format"));
  if (format === undefined) return refused(`format is one of ${EXPORT_FORMATS.join(", ")}`, 400);
  const stream = await exportLeases(operator, leaseAddressOf(params), format);
  if (!stream.ok) {
    const { kind, message, requestId } = stream.refusal;
    return refused(`${message}\nRequest id ${requestId}`, kind === "forbidden" ? 403 : 502);
  }
  const at = new Date().toISOString().slice(0, 19).replaceAll(":", "");
  return new Response(stream.data, {
    headers: {
      "content-type": EXPORT_TYPES[format],
      "content-disposition": `attachment; filename="leases-${at}Z.${format}"`,
      "cache-control": "no-store",
    },
  });
}

function refused(message: string, status: number): Response {
  return new Response(`${message}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
  });
}
