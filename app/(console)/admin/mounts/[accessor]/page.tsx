import type { Metadata } from "next";
import { MountPage } from "@/app/(console)/admin/mounts/[accessor]/mount-page";
import { RefusedPage } from "@/components/refused-page";
import {
  type AnyMount,
  countAffected,
  findMount,
  mountApiPath,
  readHoldingTtls,
} from "@/lib/console/admin-mounts";
import { listSessions } from "@/lib/console/admin-sessions";
import { asCode } from "@/lib/console/as-code";
import { type Operator, requireOperator } from "@/lib/console/operator";
import { terraformResource } from "@/lib/console/terraform";

export const metadata: Metadata = { title: "Mount" };

type Props = { params: Promise<{ accessor: string }> };

export default async function AdminMountPage({ params }: Props) {
  const { accessor } = await params;
  const operator = await requireOperator();
  const found = await findMount(operator, decodeURIComponent(accessor));
  if (!found.ok) {
    return (
      <RefusedPage
        title="Mount"
        what="The mount is not shown."
        refusal={found.refusal}
        above={[{ text: "Mounts", href: "/admin/mounts" }]}
      />
    );
  }
  const mount = found.data;
  const [ttls, affected, isOwnDoor] = await Promise.all([
    readHoldingTtls(operator, mount),
    countAffected(operator, mount),
    letOperatorIn(operator, mount),
  ]);
  return <MountPage {...{ mount, ttls, affected, isOwnDoor }} code={codeOf(mount)} />;
}

/** Whether this operator's own session came through the mount, and would end with it. */
async function letOperatorIn(operator: Operator, mount: AnyMount): Promise<boolean> {
  if (mount.class !== "auth" || operator.session.way === "token") return false;
  const sessions = await listSessions(operator);
  return sessions.ok && sessions.data.some((one) => one.own && one.mount_path === mount.fullPath);
}

function codeOf(mount: AnyMount) {
  const { type, description, config } = mount;
  const path = mount.path.slice(0, -1);
  return asCode({
    operation: "read",
    path: `${mountApiPath(mount)}/tune`,
    terraform: terraformResource(
      mount.class === "auth" ? "vault_auth_backend" : "vault_mount",
      path,
      {
        path,
        type,
        description,
        ...(mount.class === "secret" && {
          default_lease_ttl_seconds: config.default_lease_ttl || undefined,
          max_lease_ttl_seconds: config.max_lease_ttl || undefined,
        }),
      },
    ),
  });
}
