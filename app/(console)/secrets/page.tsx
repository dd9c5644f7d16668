import type { Metadata } from "next";
import { MountsPage, type MountRow } from "@/app/(console)/secrets/mounts-page";
import { RefusedPage } from "@/components/refused-page";
import { requireOperator, type Operator } from "@/lib/console/operator";
import { mountsCode } from "@/lib/console/secrets-code";
import {
  type AwsMount,
  countLiveLeases,
  listAwsMounts,
  readRootConfig,
} from "@/lib/console/secrets-mounts";
import { listRoleNames } from "@/lib/console/secrets-roles";

export const metadata: Metadata = { title: "AWS secrets" };

export default async function SecretsPage() {
  const operator = await requireOperator();
  const mounts = await listAwsMounts(operator);
  if (!mounts.ok) {
    const what = "The AWS secrets engines are not shown.";
    return <RefusedPage title="AWS secrets" what={what} refusal={mounts.refusal} />;
  }
  const rows = await Promise.all(mounts.data.map((mount) => rowOf(operator, mount)));
  return <MountsPage rows={rows} code={mountsCode()} />;
}

async function rowOf(operator: Operator, mount: AwsMount): Promise<MountRow> {
  const [root, roles, live] = await Promise.all([
    readRootConfig(operator, mount),
    listRoleNames(operator, mount),
    countLiveLeases(operator, { mount }),
  ]);
  return {
    mount,
    accessKey: root.ok ? (root.data?.access_key ?? "") : null,
    roles: roles.ok ? roles.data.length : null,
    live,
  };
}
