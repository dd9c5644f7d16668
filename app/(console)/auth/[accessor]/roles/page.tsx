import type { Metadata } from "next";
import { MountRefused } from "@/app/(console)/auth/[accessor]/mount-refused";
import { RoleList } from "@/app/(console)/auth/[accessor]/roles/role-list";
import { asCode } from "@/lib/console/as-code";
import { readRoleFigures } from "@/lib/console/attempts";
import { authPath, findAuthMount } from "@/lib/console/auth-mounts";
import { searchAuthRoles } from "@/lib/console/auth-roles";
import { requireOperator } from "@/lib/console/operator";

export const metadata: Metadata = { title: "Auth roles" };

type Props = {
  params: Promise<{ accessor: string }>;
  searchParams: Promise<{ q?: string | string[]; cursor?: string | string[] }>;
};

export default async function RolesPage({ params, searchParams }: Props) {
  const { accessor } = await params;
  const { q, cursor } = await searchParams;
  const operator = await requireOperator();
  const found = await findAuthMount(operator, decodeURIComponent(accessor));
  if (!found.ok) return <MountRefused refusal={found.refusal} />;
  const mount = found.data;
  const filter = { q: [q].flat()[0] ?? "", cursor: [cursor].flat()[0] ?? "" };
  const page = await searchAuthRoles(operator, mount, filter);
  const names = page.ok ? page.data.roles.map(({ name }) => name) : [];
  return (
    <RoleList
      mount={mount}
      page={page}
      figures={await readRoleFigures(operator, authPath(mount, ""), names)}
      filter={filter}
      code={asCode({ operation: "list", path: authPath(mount, "role") })}
    />
  );
}
