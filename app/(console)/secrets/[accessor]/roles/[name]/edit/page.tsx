import type { Metadata } from "next";
import {
  decoded,
  readRoleOfMount,
  readSurroundings,
} from "@/app/(console)/secrets/[accessor]/roles/read-role-page";
import { RoleForm } from "@/app/(console)/secrets/[accessor]/roles/role-form";
import { RoleRefused } from "@/app/(console)/secrets/[accessor]/roles/role-refused";
import { requireOperator } from "@/lib/console/operator";
import { draftOf } from "@/lib/console/role-draft";

export const metadata: Metadata = { title: "Edit secrets role" };

export default async function EditRolePage({
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
  const { mount, name, role } = found.data;
  return (
    <RoleForm
      mount={mount}
      isNew={false}
      draft={draftOf(name, role)}
      surroundings={await readSurroundings(operator, mount)}
    />
  );
}
