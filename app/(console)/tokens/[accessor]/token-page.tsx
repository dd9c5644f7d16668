"use client";

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { renewTokenAction } from "@/app/(console)/tokens/actions";
import { ChildTokens } from "@/app/(console)/tokens/[accessor]/child-tokens";
import { OwnLeases } from "@/app/(console)/tokens/[accessor]/own-leases";
import { RevokeToken } from "@/app/(console)/tokens/[accessor]/revoke-token";
import { TokenActs } from "@/app/(console)/tokens/[accessor]/token-acts";
import { TokenFacts, TokenLimits } from "@/app/(console)/tokens/[accessor]/token-facts";
import { TokenState } from "@/app/(console)/tokens/[accessor]/token-state";
import { TokensHelp } from "@/app/(console)/tokens/tokens-help";
import { useChange } from "@/components/change";
import { Page } from "@/components/page";
import { RefusalState } from "@/components/refusal-state";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import type { Read } from "@/lib/console/operator";
import { type Acts, type TokenDetail, tokenPath } from "@/lib/console/tokens";

/** One token: whose it is, what bounds it, what hangs on it, what it did. */
export function TokenPage({
  token,
  acts,
  ownAccessor,
  code,
}: {
  token: TokenDetail;
  acts: Read<Acts>;
  ownAccessor: string;
  code: Code;
}) {
  const router = useRouter();
  const [isRevoking, setRevoking] = useState(false);
  const renew = useChange(renewTokenAction, () => {
    router.refresh();
    return true;
  });
  const isOwn = token.accessor === ownAccessor;
  const isLive = token.state === "live";
  return (
    <Page
      title={`Token ${token.accessor}`}
      apiPath={tokenPath(token.accessor)}
      above={[{ text: "Tokens", href: "/tokens" }]}
      description={<TokenState token={token} />}
      actions={
        <Actions
          {...{ token, code }}
          isRenewing={renew.isRunning}
          onRenew={() => renew.run({ accessor: token.accessor })}
          onRevoke={() => setRevoking(true)}
        />
      }
      help={{ title: "A token", content: <TokensHelp /> }}
    >
      <SpaceBetween size="l">
        {isOwn && (
          <Alert type="info" header="This token is your own session">
            Revoking it signs you out of the console at once.
          </Alert>
        )}
        {renew.refusal && (
          <RefusalState what="The token was not renewed." refusal={renew.refusal} />
        )}
        <TokenFacts token={token} />
        {isLive && <TokenLimits token={token} />}
        {isLive && <OwnLeases token={token} />}
        {isLive && <ChildTokens token={token} />}
        <TokenActs acts={acts} />
      </SpaceBetween>
      {isRevoking && (
        <RevokeToken token={token} ownAccessor={ownAccessor} onClose={() => setRevoking(false)} />
      )}
    </Page>
  );
}

function Actions({
  token,
  code,
  isRenewing,
  onRenew,
  onRevoke,
}: {
  token: TokenDetail;
  code: Code;
  isRenewing: boolean;
  onRenew: () => void;
  onRevoke: () => void;
}) {
  const reason = reasonAgainstRenewal(token);
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <ShowAsCode code={code} />
      <Button
        disabled={reason !== null}
        disabledReason={reason ?? ""}
        loading={isRenewing}
        onClick={onRenew}
      >
        Renew
      </Button>
      <Button
        variant="primary"
        disabled={token.state === "ended"}
        disabledReason="It has ended already."
        onClick={onRevoke}
      >
        Revoke
      </Button>
    </SpaceBetween>
  );
}

function reasonAgainstRenewal(token: TokenDetail): string | null {
  if (token.state === "ended") return "It has ended.";
  if (token.expires_at === null) return "It never ends by itself.";
  return token.renewable ? null : "It was made not to be renewed.";
}
