import { OverviewPanel } from "@/app/overview-panel";
import { Shell } from "@/components/shell";
import { consoleEngine } from "@/lib/console/engine";

export const dynamic = "force-dynamic";

export default async function OverviewPage() {
  const overview = await consoleEngine().overview();
  return (
    <Shell>
      <OverviewPanel initial={overview} />
    </Shell>
  );
}
