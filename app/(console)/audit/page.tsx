import type { Metadata } from "next";
import { AuditPage } from "@/app/(console)/audit/audit-page";
import { readAuditPage } from "@/lib/console/audit";
import { parseAuditAddress } from "@/lib/console/audit-address";
import { rowsKey } from "@/lib/console/audit-queries";
import { paramsOf } from "@/lib/console/audit-route";
import { requireOperator } from "@/lib/console/operator";
import { requestFacts } from "@/lib/console/request";

export const metadata: Metadata = { title: "Audit log" };

export default async function AuditLogPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const operator = await requireOperator();
  const address = parseAuditAddress(paramsOf(await searchParams));
  const first = await readAuditPage(operator, address, (await requestFacts()).renderedAt);
  return <AuditPage first={first} firstKey={rowsKey(address)} />;
}
