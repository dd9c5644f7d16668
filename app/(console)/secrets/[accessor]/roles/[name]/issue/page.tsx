import type { Metadata } from "next";
import { IssuePage } from "@/app/(console)/secrets/[accessor]/roles/[name]/issue/issue-page";
import {
  decoded,
  readRoleOfMount,
  readSurroundings,
} from "@/app/(console)/secrets/[accessor]/roles/read-role-page";
import { RoleRefused } from "@/app/(console)/secrets/[accessor]/roles/role-refused";
import { requireOperator } from "@/lib/console/operator";

export const metadata: Metadata = { title: "Issue a credential" };

export default async function IssueCredentialPage({
  params,
}: {
  params: Promise<{ accessor: string; name: string }>;
}) {
  const operator = await requireOperator();
  const address = await params;
  const found = await readRoleOfMount(operator, address);
  if (!found.ok) {
    const name = decoded(address.name);
    return <RoleRefused accessor={address.accessor} name={name} refusal={found.refusal} />;
  }
  return (
    <IssuePage {...found.data} surroundings={await readSurroundings(operator, found.data.mount)} />
  );
}
