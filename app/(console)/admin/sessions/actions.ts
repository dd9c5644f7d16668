"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { isSameOperator, listSessions, SESSIONS_PATH } from "@/lib/console/admin-sessions";
import { operatorAction, Refused, type Operator } from "@/lib/console/operator";
import { failed, refusalOf, type Refusal } from "@/lib/console/refusal";

const EndForm = z.object({ id: z.uuid() });

export const endSessionAction = operatorAction(EndForm, async (operator, { id }) => {
  await operator.call({ method: "DELETE", path: `${SESSIONS_PATH}/${id}` });
  revalidatePath("/admin/sessions");
  return {
    asked: `End session ${id}`,
    happened: "The session has ended, and the token that was made for it.",
    stillTrue: "",
    value: undefined,
  };
});

/** All sessions of whoever has this one, as they are now and not as the page showed them. */
export const endAllAction = operatorAction(EndForm, async (operator, { id }) => {
  const sessions = await listSessions(operator);
  if (!sessions.ok) throw new Refused(sessions.refusal);
  const one = sessions.data.find((session) => session.id === id);
  if (one === undefined) {
    throw new Refused(failed(SESSIONS_PATH, "This session has ended already. Look again."));
  }
  // One's own comes last: nothing can be ended after it.
  const theirs = sessions.data
    .filter((session) => isSameOperator(session, one))
    .sort((a, b) => Number(a.own) - Number(b.own));
  const refusals: Refusal[] = [];
  for (const session of theirs) {
    const refusal = await end(operator, session.id);
    if (refusal !== null) refusals.push(refusal);
  }
  const [first] = refusals;
  if (first !== undefined && refusals.length === theirs.length) throw new Refused(first);
  revalidatePath("/admin/sessions");
  return {
    asked: `End all sessions of ${one.operator}`,
    happened: `${theirs.length - refusals.length} of ${theirs.length} sessions of ${one.operator} have ended.`,
    stillTrue:
      first === undefined
        ? `${one.operator} can sign in again, as long as they keep their password or their place at the provider.`
        : `${refusals.length} go on: ${first.message}`,
    isPartial: first !== undefined,
    value: undefined,
  };
});

async function end(operator: Operator, id: string): Promise<Refusal | null> {
  const call = { method: "DELETE", path: `${SESSIONS_PATH}/${id}` } as const;
  return refusalOf(call, await operator.request(call));
}
