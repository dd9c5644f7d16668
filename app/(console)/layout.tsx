import type { ReactNode } from "react";
import { signOutAction, signOutEverywhereAction } from "@/app/(console)/actions";
import { Shell } from "@/components/shell";
import { requireOperator } from "@/lib/console/operator";

export const dynamic = "force-dynamic";

/** What surrounds every page of a signed-in operator. Each page asks for the session itself too. */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const { session } = await requireOperator();
  return (
    <Shell
      operator={{
        name: session.operator,
        idleUntil: session.idleUntil.toISOString(),
        endsAt: session.endsAt.toISOString(),
        signOut: signOutAction,
        signOutEverywhere: signOutEverywhereAction,
      }}
    >
      {children}
    </Shell>
  );
}
