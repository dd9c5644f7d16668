import type { Metadata } from "next";
import { MountPage } from "@/app/(console)/secrets/[accessor]/mount-page";
import { RefusedPage } from "@/components/refused-page";
import { requireOperator } from "@/lib/console/operator";
import { mountCode } from "@/lib/console/secrets-code";
import {
  countLiveLeases,
  findAwsMount,
  readLeaseConfig,
  readMountTtls,
  readRootConfig,
} from "@/lib/console/secrets-mounts";
import { listRoleNames, secretsHref } from "@/lib/console/secrets-roles";
import { readSessionEnding } from "@/lib/console/session-denials";

export const metadata: Metadata = { title: "AWS secrets engine" };

export default async function AwsMountPage({ params }: { params: Promise<{ accessor: string }> }) {
  const operator = await requireOperator();
  const { accessor } = await params;
  const found = await findAwsMount(operator, accessor);
  if (!found.ok) {
    return (
      <RefusedPage
        title={accessor}
        what="The mount is not shown."
        refusal={found.refusal}
        above={[{ text: "AWS secrets", href: secretsHref.mounts }]}
      />
    );
  }
  const mount = found.data;
  const [ttls, root, lease, roles, live, ending] = await Promise.all([
    readMountTtls(operator, mount),
    readRootConfig(operator, mount),
    readLeaseConfig(operator, mount),
    listRoleNames(operator, mount),
    countLiveLeases(operator, { mount }),
    readSessionEnding(operator, mount),
  ]);
  const code = mountCode(mount, root.ok ? root.data : null, lease.ok ? lease.data : null);
  return (
    <MountPage
      mount={mount}
      ttls={ttls}
      root={root}
      lease={lease}
      roles={roles.ok ? roles.data.length : null}
      live={live}
      ending={ending}
      code={code}
    />
  );
}
