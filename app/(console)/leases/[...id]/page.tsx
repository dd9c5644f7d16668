import type { Metadata } from "next";
import { LeasePage } from "@/app/(console)/leases/[...id]/lease-page";
import { RefusedPage } from "@/components/refused-page";
import { asCode } from "@/lib/console/as-code";
import { leasePath, readIssuingRequest, readLease } from "@/lib/console/leases";
import { readLeaseRights } from "@/lib/console/leases-rights";
import { requireOperator } from "@/lib/console/operator";

type Props = { params: Promise<{ id: string[] }> };

export const metadata: Metadata = { title: "Lease" };

/** Lease ids contain slashes, so that an id is several segments. */
function leaseIdOf(segments: readonly string[]): string {
  return segments.map((segment) => decodeURIComponent(segment)).join("/");
}

export default async function Lease({ params }: Props) {
  const leaseId = leaseIdOf((await params).id);
  const operator = await requireOperator();
  const [lease, rights] = await Promise.all([
    readLease(operator, leaseId),
    readLeaseRights(operator),
  ]);
  if (!lease.ok) {
    const { refusal } = lease;
    const message = `There is no lease ${leaseId}, neither live nor among those that ended lately.`;
    return (
      <RefusedPage
        title="Lease"
        what="The lease is not shown."
        refusal={refusal.kind === "not_found" ? { ...refusal, message } : refusal}
        above={[{ text: "Leases", href: "/leases" }]}
      />
    );
  }
  const request = await readIssuingRequest(operator, lease.data);
  return (
    <LeasePage
      key={leaseId}
      first={lease.data}
      request={request}
      rights={rights}
      code={asCode({ operation: "read", path: leasePath(leaseId) })}
    />
  );
}
