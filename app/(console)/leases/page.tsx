import type { Metadata } from "next";
import { LeasesPage } from "@/app/(console)/leases/leases-page";
import { asCode } from "@/lib/console/as-code";
import { LEASES_PATH, readLeases } from "@/lib/console/leases";
import { leaseParams, leaseQuery, parseLeaseAddress } from "@/lib/console/leases-filter";
import { readLeaseRights } from "@/lib/console/leases-rights";
import { requireOperator } from "@/lib/console/operator";
import { listAwsMounts } from "@/lib/console/secrets-mounts";

export const metadata: Metadata = { title: "Leases" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function Leases({ searchParams }: Props) {
  const address = parseLeaseAddress(await searchParams);
  const operator = await requireOperator();
  const [first, rights, mounts] = await Promise.all([
    readLeases(operator, address),
    readLeaseRights(operator),
    listAwsMounts(operator),
  ]);
  return (
    <LeasesPage
      firstQuery={leaseParams(address).toString()}
      first={first}
      rights={rights}
      mounts={mounts.ok ? mounts.data.map(({ path }) => path) : []}
      code={asCode({ operation: "read", path: LEASES_PATH, data: leaseQuery(address) })}
    />
  );
}
