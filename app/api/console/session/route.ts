import { consoleEngine } from "@/lib/console/engine";
import { findOperator } from "@/lib/console/operator";
import { isFromOwnPage } from "@/lib/console/request";
import type { SessionEnds } from "@/lib/console/session";

export const dynamic = "force-dynamic";

/** When the session ends, without keeping it alive. */
export async function GET(): Promise<Response> {
  return answer();
}

/** Somebody is at the keyboard: the idle time starts anew. */
export async function POST(): Promise<Response> {
  if (!(await isFromOwnPage())) return new Response(null, { status: 403 });
  const operator = await findOperator();
  if (operator !== null) await consoleEngine().touch(operator.session);
  return answer();
}

async function answer(): Promise<Response> {
  const operator = await findOperator();
  if (operator === null) return Response.json(null, { status: 401, headers: NO_STORE });
  const { idleUntil, endsAt } = operator.session;
  const ends: SessionEnds = {
    idleUntil: idleUntil.toISOString(),
    endsAt: endsAt.toISOString(),
    now: new Date().toISOString(),
  };
  return Response.json(ends, { headers: NO_STORE });
}

const NO_STORE = { "cache-control": "no-store" };
