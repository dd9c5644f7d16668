import type { Metadata } from "next";
import { readSurroundings } from "@/app/(console)/secrets/[accessor]/roles/read-role-page";
import { RoleForm } from "@/app/(console)/secrets/[accessor]/roles/role-form";
import { RoleRefused } from "@/app/(console)/secrets/[accessor]/roles/role-refused";
import { requireOperator } from "@/lib/console/operator";
import { draftOf } from "@/lib/console/role-draft";
import { findAwsMount } from "@/lib/console/secrets-mounts";
import { EMPTY_ROLE, readRole } from "@/lib/console/secrets-roles";

export const metadata: Metadata = { title: "New secrets role" };

export default async function NewRolePage({
  params,
  searchParams,
}: {
  params: Promise<{ accessor: string }>;
  searchParams: Promise<{ from?: string | string[] }>;
}) {
  const operator = await requireOperator();
  const { accessor } = await params;
  const mount = await findAwsMount(operator, accessor);
  if (!mount.ok) return <RoleRefused accessor={accessor} name="New role" refusal={mount.refusal} />;
  const { from = "" } = await searchParams;
  const [model = ""] = [from].flat();
  const role = model === "" ? null : await readRole(operator, mount.data, model);
  if (role?.ok === false) {
    return <RoleRefused accessor={accessor} name={model} refusal={role.refusal} />;
  }
  return (
    <RoleForm
      mount={mount.data}
      isNew
      draft={draftOf(model === "" ? "" : `${model}-copy`, role?.data ?? EMPTY_ROLE)}
      surroundings={await readSurroundings(operator, mount.data)}
    />
  );
}
