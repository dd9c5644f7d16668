import type { Metadata } from "next";
import { RootForm } from "@/app/(console)/secrets/[accessor]/root/root-form";
import { RefusedPage } from "@/components/refused-page";
import { requireOperator } from "@/lib/console/operator";
import type { Refusal } from "@/lib/console/refusal";
import { rootCode } from "@/lib/console/secrets-code";
import { EMPTY_ROOT, findAwsMount, readRootConfig } from "@/lib/console/secrets-mounts";
import { secretsHref } from "@/lib/console/secrets-roles";

export const metadata: Metadata = { title: "Root credential" };

export default async function RootPage({ params }: { params: Promise<{ accessor: string }> }) {
  const operator = await requireOperator();
  const { accessor } = await params;
  const mount = await findAwsMount(operator, accessor);
  if (!mount.ok) return refused(accessor, mount.refusal);
  const root = await readRootConfig(operator, mount.data);
  if (!root.ok) return refused(accessor, root.refusal);
  const shown = root.data ?? EMPTY_ROOT;
  return <RootForm mount={mount.data} root={shown} code={rootCode(mount.data, shown)} />;
}

function refused(accessor: string, refusal: Refusal) {
  return (
    <RefusedPage
      title="Root credential"
      what="The root credential is not shown."
      refusal={refusal}
      above={[
        { text: "AWS secrets", href: secretsHref.mounts },
        { text: accessor, href: secretsHref.mount(accessor) },
      ]}
    />
  );
}
