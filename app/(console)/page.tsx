import { OverviewPanel } from "@/app/(console)/overview-panel";
import { consoleEngine } from "@/lib/console/engine";
import { requireOperator } from "@/lib/console/operator";

export const dynamic = "force-dynamic";

export default async function OverviewPage() {
  const { session } = await requireOperator();
  const overview = await consoleEngine().overview();
  return (
    <OverviewPanel
      initial={overview}
      hasRights={session.policies.some((policy) => policy !== "default")}
      isRoot={session.policies.includes("root")}
    />
  );
}
