import type { Metadata } from "next";
import { MountsPage } from "@/app/(console)/admin/mounts/mounts-page";
import { listMountsOf } from "@/lib/console/admin-mounts";
import { asCode } from "@/lib/console/as-code";
import { requireOperator } from "@/lib/console/operator";

export const metadata: Metadata = { title: "Mounts" };

export default async function AdminMountsPage() {
  const operator = await requireOperator();
  const [secret, auth] = await Promise.all([
    listMountsOf(operator, "secret"),
    listMountsOf(operator, "auth"),
  ]);
  return (
    <MountsPage
      secret={secret}
      auth={auth}
      code={asCode({
        operation: "write",
        path: "sys/mounts/aws",
        data: { type: "aws", description: "credentials of the tools account" },
        terraform: 'resource "vault_mount" "aws" {\n  path = "aws"\n  type = "aws"\n}',
      })}
    />
  );
}
