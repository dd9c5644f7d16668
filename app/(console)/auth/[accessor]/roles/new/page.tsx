import type { Metadata } from "next";
import { MountRefused } from "@/app/(console)/auth/[accessor]/mount-refused";
import { RolePage } from "@/app/(console)/auth/[accessor]/roles/[name]/role-page";
import { findAuthMount, readAuthTtls } from "@/lib/console/auth-mounts";
import { readAuthRole } from "@/lib/console/auth-roles";
import { requireOperator } from "@/lib/console/operator";
import { listPolicyNames } from "@/lib/console/policies";

export const metadata: Metadata = { title: "New auth role" };

type Props = {
  params: Promise<{ accessor: string }>;
  /** `from`: the role whose copy the new one begins as. */
  searchParams: Promise<{ from?: string | string[] }>;
};

export default async function NewRolePage({ params, searchParams }: Props) {
  const { accessor } = await params;
  const from = [(await searchParams).from].flat()[0] ?? "";
  const operator = await requireOperator();
  const found = await findAuthMount(operator, decodeURIComponent(accessor));
  if (!found.ok) return <MountRefused refusal={found.refusal} />;
  const mount = found.data;
  const [source, names, ttls] = await Promise.all([
    from === "" ? null : readAuthRole(operator, mount, from),
    listPolicyNames(operator),
    readAuthTtls(operator, mount),
  ]);
  if (source !== null && !source.ok) return <MountRefused refusal={source.refusal} />;
  return (
    <RolePage
      key={from}
      mount={mount}
      name={null}
      stored={null}
      begun={source?.data ?? null}
      policyNames={names.ok ? names.data : []}
      ttls={ttls}
      figures={null}
    />
  );
}
