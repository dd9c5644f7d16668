import type { Metadata } from "next";
import { MountRefused } from "@/app/(console)/auth/[accessor]/mount-refused";
import { RolePage } from "@/app/(console)/auth/[accessor]/roles/[name]/role-page";
import { RoleRefused } from "@/app/(console)/auth/[accessor]/roles/[name]/role-refused";
import { readRoleFigures } from "@/lib/console/attempts";
import { authPath, findAuthMount, readAuthTtls } from "@/lib/console/auth-mounts";
import { readAuthRole } from "@/lib/console/auth-roles";
import { requireOperator } from "@/lib/console/operator";
import { listPolicyNames } from "@/lib/console/policies";
import { failed } from "@/lib/console/refusal";

type Props = { params: Promise<{ accessor: string; name: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Auth role ${decodeURIComponent((await params).name).toLowerCase()}` };
}

export default async function AuthRolePage({ params }: Props) {
  const { accessor, name: given } = await params;
  const name = decodeURIComponent(given).toLowerCase();
  const operator = await requireOperator();
  const found = await findAuthMount(operator, decodeURIComponent(accessor));
  if (!found.ok) return <MountRefused refusal={found.refusal} />;
  const mount = found.data;
  const [role, names, ttls, figures] = await Promise.all([
    readAuthRole(operator, mount, name),
    listPolicyNames(operator),
    readAuthTtls(operator, mount),
    readRoleFigures(operator, authPath(mount, ""), [name]),
  ]);
  if (!role.ok) return <RoleRefused mount={mount} name={name} refusal={role.refusal} />;
  if (role.data === null) {
    const path = authPath(mount, `role/${name}`);
    const refusal = failed(path, `There is no role ${name}. It may have been deleted.`);
    return <RoleRefused mount={mount} name={name} refusal={{ ...refusal, kind: "not_found" }} />;
  }
  return (
    <RolePage
      // A form never holds what was typed over another version of the role.
      key={JSON.stringify(role.data)}
      mount={mount}
      name={name}
      stored={role.data}
      begun={null}
      policyNames={names.ok ? names.data : []}
      ttls={ttls}
      figures={figures}
    />
  );
}
