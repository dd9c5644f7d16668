import type { Metadata } from "next";
import { MountList } from "@/app/(console)/auth/mount-list";
import { asCode } from "@/lib/console/as-code";
import { countRoles, listAuthMounts, readClientConfig } from "@/lib/console/auth-mounts";
import { requireOperator } from "@/lib/console/operator";

export const metadata: Metadata = { title: "AWS auth mounts" };

export default async function AuthMountsPage() {
  const operator = await requireOperator();
  const mounts = await listAuthMounts(operator);
  const rows = await Promise.all(
    (mounts.ok ? mounts.data : []).map(async (mount) => {
      const [client, roles] = await Promise.all([
        readClientConfig(operator, mount),
        countRoles(operator, mount),
      ]);
      return { mount, serverId: client.ok ? client.data.iam_server_id_header_value : null, roles };
    }),
  );
  return (
    <MountList
      rows={mounts.ok ? { ok: true, data: rows } : mounts}
      code={asCode({ operation: "read", path: "sys/auth" })}
    />
  );
}
