import NextAuth from "next-auth";
import type { NextRequest } from "next/server";
import { isServedBySignIn, signInOptions } from "@/lib/console/next-auth";
import { isFromOwnPage, requestFacts } from "@/lib/console/request";

export const dynamic = "force-dynamic";

type Context = { params: Promise<{ nextauth: string[] }> };

async function answer(request: NextRequest, context: Context): Promise<Response> {
  const { nextauth } = await context.params;
  if (!isServedBySignIn(request.method, nextauth)) return new Response(null, { status: 404 });
  if (request.method === "POST" && !(await isFromOwnPage())) {
    return new Response(null, { status: 403 });
  }
  const answered: unknown = await NextAuth(
    request,
    context,
    await signInOptions(await requestFacts()),
  );
  return answered instanceof Response ? answered : new Response(null, { status: 500 });
}

export { answer as GET, answer as POST };
