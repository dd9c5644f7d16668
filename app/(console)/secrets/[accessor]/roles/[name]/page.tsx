import type { Metadata } from "next";
import { RolePage } from "@/app/(console)/secrets/[accessor]/roles/[name]/role-page";
import {
  decoded,
  readRoleOfMount,
  readSurroundings,
} from "@/app/(console)/secrets/[accessor]/roles/read-role-page";
import { RoleRefused } from "@/app/(console)/secrets/[accessor]/roles/role-refused";
import { requireOperator } from "@/lib/console/operator";
import { roleCode } from "@/lib/console/secrets-code";
import { countLiveLeases } from "@/lib/console/secrets-mounts";
import { readRoleVerdicts } from "@/lib/console/validator";

export const metadata: Metadata = { title: "Secrets role" };

export default async function SecretsRolePage({
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
  const [surroundings, live, verdict] = await Promise.all([
    readSurroundings(operator, mount),
    countLiveLeases(operator, { mount, role: name }),
    readRoleVerdicts(operator, mount, name),
  ]);
  return (
    <RolePage
      mount={mount}
      name={name}
      role={role}
      live={live}
      verdict={verdict.ok ? verdict.data : null}
      surroundings={surroundings}
      code={roleCode(mount, name, role)}
    />
  );
}
