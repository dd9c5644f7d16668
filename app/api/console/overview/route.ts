import { consoleEngine } from "@/lib/console/engine";

export const dynamic = "force-dynamic";

export async function GET(): Promise<Response> {
  const overview = await consoleEngine().overview();
  return Response.json(overview, { headers: { "cache-control": "no-store" } });
}
