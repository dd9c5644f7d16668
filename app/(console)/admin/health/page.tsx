import type { Metadata } from "next";
import { HealthPage } from "@/app/(console)/admin/health/health-page";
import { Health } from "@/lib/console/admin-health";
import { asCode } from "@/lib/console/as-code";
import { requireOperator } from "@/lib/console/operator";
import { requestFacts } from "@/lib/console/request";

export const metadata: Metadata = { title: "Health" };

export default async function AdminHealthPage() {
  const operator = await requireOperator();
  const [health, { origin }] = await Promise.all([
    operator.read(Health, "sys/leasehold/health"),
    requestFacts(),
  ]);
  return (
    <HealthPage
      initial={health}
      metricsUrl={`${origin}/v1/sys/metrics?format=prometheus`}
      code={asCode({ operation: "read", path: "sys/leasehold/health" })}
    />
  );
}
