import type { ReactNode } from "react";
import { signOutAction, signOutEverywhereAction } from "@/app/(console)/actions";
import { ConsoleShell } from "@/app/(console)/console-shell";
import { requireOperator } from "@/lib/console/operator";
import { requestFacts } from "@/lib/console/request";

export const dynamic = "force-dynamic";

/** What surrounds every page of a signed-in operator. Each page asks for the session itself too. */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const { session } = await requireOperator();
  const { userAgent } = await requestFacts();
  return (
    <ConsoleShell
      isPhone={/\bMobi/.test(userAgent)}
      operator={{
        name: session.operator,
        session: {
          idleUntil: session.idleUntil.toISOString(),
          endsAt: session.endsAt.toISOString(),
          now: new Date().toISOString(),
        },
        signOut: signOutAction,
        signOutEverywhere: signOutEverywhereAction,
      }}
    >
      {children}
    </ConsoleShell>
  );
}
