import type { Metadata } from "next";
import { TokensPage } from "@/app/(console)/tokens/tokens-page";
import { asCode } from "@/lib/console/as-code";
import { listMountPaths } from "@/lib/console/mount-paths";
import { requireOperator } from "@/lib/console/operator";
import { listPolicyNames } from "@/lib/console/policies";
import { readTokens, TOKENS_PATH } from "@/lib/console/tokens";
import { parseTokenAddress } from "@/lib/console/tokens-filter";

export const metadata: Metadata = { title: "Tokens" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function Tokens({ searchParams }: Props) {
  const operator = await requireOperator();
  const address = parseTokenAddress(await searchParams);
  const [tokens, mounts, policies] = await Promise.all([
    readTokens(operator, address),
    listMountPaths(operator, "sys/auth"),
    listPolicyNames(operator),
  ]);
  return (
    <TokensPage
      first={tokens}
      firstAddress={address}
      mountPaths={mounts.ok ? mounts.data.map((path) => `auth/${path}`) : []}
      policyNames={policies.ok ? policies.data : []}
      ownAccessor={operator.session.accessor}
      code={asCode({ operation: "read", path: TOKENS_PATH })}
    />
  );
}
