import type { Metadata } from "next";
import { IntegrityPage } from "@/app/(console)/admin/integrity/integrity-page";
import { Integrity, INTEGRITY_PATH, rangeOf } from "@/lib/console/admin-integrity";
import { asCode } from "@/lib/console/as-code";
import { requireOperator } from "@/lib/console/operator";
import { requestFacts } from "@/lib/console/request";

export const metadata: Metadata = { title: "Audit integrity" };

export default async function AdminIntegrityPage() {
  const operator = await requireOperator();
  const { renderedAt } = await requestFacts();
  const initial = await operator.read(Integrity, INTEGRITY_PATH, rangeOf("1", renderedAt));
  return (
    <IntegrityPage initial={initial} code={asCode({ operation: "read", path: INTEGRITY_PATH })} />
  );
}
