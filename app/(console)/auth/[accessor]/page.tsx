import type { Metadata } from "next";
import { MountPage } from "@/app/(console)/auth/[accessor]/mount-page";
import { MountRefused } from "@/app/(console)/auth/[accessor]/mount-refused";
import { asCode } from "@/lib/console/as-code";
import {
  authPath,
  countLiveTokens,
  countRoles,
  findAuthMount,
  listStsAccounts,
  readAuthTtls,
  readClientConfig,
  readIdentityConfig,
} from "@/lib/console/auth-mounts";
import { requireOperator } from "@/lib/console/operator";

export const metadata: Metadata = { title: "AWS auth mount" };

type Props = { params: Promise<{ accessor: string }> };

export default async function AuthMountPage({ params }: Props) {
  const { accessor } = await params;
  const operator = await requireOperator();
  const found = await findAuthMount(operator, decodeURIComponent(accessor));
  if (!found.ok) return <MountRefused refusal={found.refusal} />;
  const mount = found.data;
  const [client, identity, accounts, ttls, roles, tokens] = await Promise.all([
    readClientConfig(operator, mount),
    readIdentityConfig(operator, mount),
    listStsAccounts(operator, mount),
    readAuthTtls(operator, mount),
    countRoles(operator, mount),
    countLiveTokens(operator, mount),
  ]);
  const code = asCode({
    operation: "read",
    path: authPath(mount, "config/client"),
    terraform: `resource "vault_auth_backend" "aws" {\n  type = "aws"\n  path = ${JSON.stringify(mount.path.slice(0, -1))}\n}`,
  });
  return <MountPage {...{ mount, client, identity, accounts, ttls, roles, tokens, code }} />;
}
