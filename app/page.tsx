import { OverviewPanel } from "@/app/overview-panel";
import { PlainShell } from "@/components/plain-shell";
import { consoleEngine } from "@/lib/console/engine";

export const dynamic = "force-dynamic";

export default async function OverviewPage() {
  const overview = await consoleEngine().overview();
  return (
    <PlainShell>
      <OverviewPanel initial={overview} />
    </PlainShell>
  );
}
