import type { Metadata } from "next";
import { RespondPage } from "@/app/(console)/respond/respond-page";
import { readLeaseRights } from "@/lib/console/leases-rights";
import { requireOperator } from "@/lib/console/operator";

export const metadata: Metadata = { title: "Respond" };

export default async function Respond() {
  const operator = await requireOperator();
  const { revoke } = await readLeaseRights(operator);
  return <RespondPage whyNotStop={revoke} />;
}
