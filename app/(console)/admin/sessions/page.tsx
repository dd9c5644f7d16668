import type { Metadata } from "next";
import { SessionsPage } from "@/app/(console)/admin/sessions/sessions-page";
import { listSessions, SESSIONS_PATH } from "@/lib/console/admin-sessions";
import { asCode } from "@/lib/console/as-code";
import { requireOperator } from "@/lib/console/operator";

export const metadata: Metadata = { title: "Console sessions" };

export default async function ConsoleSessionsPage() {
  const operator = await requireOperator();
  return (
    <SessionsPage
      sessions={await listSessions(operator)}
      code={asCode({ operation: "list", path: SESSIONS_PATH })}
    />
  );
}
