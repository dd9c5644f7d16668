"use server";

import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { consoleEngine, type OperatorSession } from "@/lib/console/engine";
import { findOperator } from "@/lib/console/operator";
import { isFromOwnPage, requestFacts } from "@/lib/console/request";
import { sessionCookieName } from "@/lib/console/session-cookie";

/** Ends this session, and the token that was made for it. */
export async function signOutAction(): Promise<void> {
  await leave((session) => consoleEngine().signOut(session));
}

/** Ends every session of this operator. */
export async function signOutEverywhereAction(): Promise<void> {
  await leave((session) => consoleEngine().signOutEverywhere(session));
}

async function leave(end: (session: OperatorSession) => Promise<void>): Promise<void> {
  if (!(await isFromOwnPage())) return;
  const operator = await findOperator();
  if (operator !== null) await end(operator.session);
  (await cookies()).delete(sessionCookieName((await requestFacts()).origin));
  redirect("/login?signed_out=1");
}
