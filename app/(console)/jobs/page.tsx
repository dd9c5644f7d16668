import type { Metadata } from "next";
import { JobsPage } from "@/app/(console)/jobs/jobs-page";
import { asCode } from "@/lib/console/as-code";
import { JOBS_PATH, readJobs } from "@/lib/console/jobs";
import { requireOperator } from "@/lib/console/operator";

export const metadata: Metadata = { title: "Revocation jobs" };

type Props = { searchParams: Promise<{ cursor?: string | string[] }> };

export default async function Jobs({ searchParams }: Props) {
  const { cursor } = await searchParams;
  const operator = await requireOperator();
  const from = typeof cursor === "string" ? cursor : "";
  const first = await readJobs(operator, { cursor: from });
  return (
    <JobsPage cursor={from} first={first} code={asCode({ operation: "read", path: JOBS_PATH })} />
  );
}
