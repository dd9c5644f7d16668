import { z } from "zod";
import { consoleEngine } from "@/lib/console/engine";
import { isFromOwnPage } from "@/lib/console/request";

export const dynamic = "force-dynamic";

const SetUpForm = z.strictObject({
  code: z.string().max(64),
  username: z.string().max(64),
  password: z.string().max(1024),
});

/** Creates the first operator. There is no session yet: the code from the server's terminal is the proof. */
export async function POST(request: Request): Promise<Response> {
  if (!(await isFromOwnPage())) return new Response(null, { status: 403 });
  const form = SetUpForm.safeParse(await request.json().catch(() => null));
  if (!form.success) return answer({ ok: false, message: "The form is not complete." }, 400);
  const result = await consoleEngine().createFirstOperator(form.data);
  return answer(result, result.ok ? 200 : 400);
}

function answer(body: unknown, status: number): Response {
  return Response.json(body, { status, headers: { "cache-control": "no-store" } });
}
