import type { Metadata } from "next";
import { type RoleRow, RolesPage } from "@/app/(console)/secrets/[accessor]/roles/roles-page";
import { RefusedPage } from "@/components/refused-page";
import { asCode } from "@/lib/console/as-code";
import { type Operator, requireOperator } from "@/lib/console/operator";
import type { Refusal } from "@/lib/console/refusal";
import { type AwsMount, countLiveLeases, findAwsMount } from "@/lib/console/secrets-mounts";
import { listRoleNames, readRole, secretsHref } from "@/lib/console/secrets-roles";
import { readRoleVerdicts } from "@/lib/console/validator";

export const metadata: Metadata = { title: "Secrets roles" };

/** Each row is a read of its own, judged and logged like any other. */
const ROWS_MAX = 20;

type Params = { params: Promise<{ accessor: string }> };
type Search = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function SecretsRolesPage({ params, searchParams }: Params & Search) {
  const operator = await requireOperator();
  const { accessor } = await params;
  const mount = await findAwsMount(operator, accessor);
  if (!mount.ok) return refused(accessor, mount.refusal);
  const names = await listRoleNames(operator, mount.data);
  if (!names.ok) return refused(accessor, names.refusal);
  const asked = await searchParams;
  const q = textOf(asked["q"]).trim().toLowerCase();
  const matching = names.data.filter((name) => name.toLowerCase().includes(q));
  const pages = Math.max(1, Math.ceil(matching.length / ROWS_MAX));
  const page = Math.min(pages, Math.max(1, Number.parseInt(textOf(asked["page"]), 10) || 1));
  const shown = matching.slice((page - 1) * ROWS_MAX, page * ROWS_MAX);
  return (
    <RolesPage
      mount={mount.data}
      rows={await Promise.all(shown.map((name) => rowOf(operator, mount.data, name)))}
      total={names.data.length}
      matching={matching.length}
      pages={pages}
      page={page}
      code={asCode({ operation: "list", path: `${mount.data.path}roles` })}
    />
  );
}

async function rowOf(operator: Operator, mount: AwsMount, name: string): Promise<RoleRow> {
  const [role, live, verdict] = await Promise.all([
    readRole(operator, mount, name),
    countLiveLeases(operator, { mount, role: name }),
    readRoleVerdicts(operator, mount, name),
  ]);
  const status = verdict.ok ? verdict.data.status : null;
  return { name, role: role.ok ? role.data : null, live, status };
}

function textOf(value: string | string[] | undefined): string {
  return [value ?? ""].flat()[0] ?? "";
}

function refused(accessor: string, refusal: Refusal) {
  return (
    <RefusedPage
      title="Roles"
      what="The roles are not shown."
      refusal={refusal}
      above={[
        { text: "AWS secrets", href: secretsHref.mounts },
        { text: accessor, href: secretsHref.mount(accessor) },
      ]}
    />
  );
}
