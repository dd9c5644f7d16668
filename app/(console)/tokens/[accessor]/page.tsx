import type { Metadata } from "next";
import { TokenPage } from "@/app/(console)/tokens/[accessor]/token-page";
import { RefusedPage } from "@/components/refused-page";
import { asCode } from "@/lib/console/as-code";
import { requireOperator } from "@/lib/console/operator";
import { readActs, readToken, tokenPath } from "@/lib/console/tokens";

type Props = { params: Promise<{ accessor: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Token ${decodeURIComponent((await params).accessor)}` };
}

export default async function Token({ params }: Props) {
  const accessor = decodeURIComponent((await params).accessor);
  const operator = await requireOperator();
  const [token, acts] = await Promise.all([
    readToken(operator, accessor),
    readActs(operator, accessor),
  ]);
  if (!token.ok) {
    return (
      <RefusedPage
        title={`Token ${accessor}`}
        above={[{ text: "Tokens", href: "/tokens" }]}
        what="The token is not shown."
        refusal={token.refusal}
      />
    );
  }
  return (
    <TokenPage
      key={accessor}
      token={token.data}
      acts={acts}
      ownAccessor={operator.session.accessor}
      code={asCode({ operation: "read", path: tokenPath(accessor) })}
    />
  );
}
