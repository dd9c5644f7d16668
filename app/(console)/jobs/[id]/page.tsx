import type { Metadata } from "next";
import { JobPage } from "@/app/(console)/jobs/[id]/job-page";
import { RefusedPage } from "@/components/refused-page";
import { asCode } from "@/lib/console/as-code";
import { JobAddress, jobPath, readJob } from "@/lib/console/jobs";
import { readLeaseRights } from "@/lib/console/leases-rights";
import { requireOperator } from "@/lib/console/operator";

export const metadata: Metadata = { title: "Revocation job" };

type Props = {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export default async function Job({ params, searchParams }: Props) {
  const id = decodeURIComponent((await params).id);
  const { outcome } = await searchParams;
  const operator = await requireOperator();
  const address = JobAddress.parse({ id, outcome });
  const [first, rights] = await Promise.all([
    readJob(operator, address),
    readLeaseRights(operator),
  ]);
  if (!first.ok) {
    return (
      <RefusedPage
        title="Job"
        what="The job is not shown."
        refusal={first.refusal}
        above={[
          { text: "Leases", href: "/leases" },
          { text: "Revocation jobs", href: "/jobs" },
        ]}
      />
    );
  }
  return (
    <JobPage
      key={id}
      address={address}
      first={first.data}
      retryReason={rights.retry}
      code={asCode({ operation: "read", path: jobPath(id) })}
    />
  );
}
