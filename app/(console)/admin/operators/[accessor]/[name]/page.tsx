import type { Metadata } from "next";
import { UserPage } from "@/app/(console)/admin/operators/[accessor]/[name]/user-page";
import { RefusedPage } from "@/components/refused-page";
import {
  findSignInMount,
  isSelf,
  listLocked,
  listOperators,
  readUser,
  userPath,
} from "@/lib/console/admin-operators";
import { asCode } from "@/lib/console/as-code";
import { requireOperator } from "@/lib/console/operator";
import { listPolicyNames } from "@/lib/console/policies";
import type { Refusal } from "@/lib/console/refusal";

export const metadata: Metadata = { title: "Operator" };

type Props = { params: Promise<{ accessor: string; name: string }> };

export default async function OperatorPage({ params }: Props) {
  const { accessor, name: encoded } = await params;
  const name = decodeURIComponent(encoded);
  const operator = await requireOperator();
  const mount = await findSignInMount(operator, decodeURIComponent(accessor));
  if (!mount.ok) return refused(name, mount.refusal);
  const user = await readUser(operator, mount.data, name);
  if (!user.ok) return refused(name, user.refusal);
  const [rows, locked, policies] = await Promise.all([
    listOperators(operator),
    listLocked(operator),
    listPolicyNames(operator),
  ]);
  const row = rows.ok
    ? rows.data.find((one) => one.name === name && one.mount_path === mount.data.fullPath)
    : undefined;
  return (
    <UserPage
      name={name}
      mount={mount.data}
      user={user.data}
      sessions={row?.sessions ?? null}
      isLocked={
        locked.ok &&
        locked.data.some((one) => one.accessor === mount.data.accessor && one.alias === name)
      }
      isSelf={isSelf(operator, mount.data, name)}
      policies={policies.ok ? policies.data : []}
      code={asCode({ operation: "read", path: userPath(mount.data, name) })}
    />
  );
}

function refused(name: string, refusal: Refusal) {
  return (
    <RefusedPage
      title={name}
      what="The operator is not shown."
      refusal={refusal}
      above={[{ text: "Operators", href: "/admin/operators" }]}
    />
  );
}
