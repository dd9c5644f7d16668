import { OverviewPage } from "@/app/(console)/overview/overview-page";
import { requireOperator } from "@/lib/console/operator";
import { readOverviewPart } from "@/lib/console/overview-reads";

export const dynamic = "force-dynamic";

export default async function Overview() {
  const operator = await requireOperator();
  const hasRights = operator.session.policies.some((policy) => policy !== "default");
  return (
    <OverviewPage
      initial={hasRights ? await readOverviewPart(operator, "overview") : null}
      isRoot={operator.session.policies.includes("root")}
    />
  );
}
