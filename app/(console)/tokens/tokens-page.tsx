"use client";

import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { TokenTable } from "@/app/(console)/tokens/token-table";
import { TokensHelp } from "@/app/(console)/tokens/tokens-help";
import { useTokenAddress } from "@/app/(console)/tokens/use-token-address";
import { Page } from "@/components/page";
import { RefusalState } from "@/components/refusal-state";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import { ReadRefused } from "@/lib/console/get-json";
import type { Read } from "@/lib/console/operator";
import { failed, type Refusal } from "@/lib/console/refusal";
import { TOKENS_PATH, type TokenPage } from "@/lib/console/tokens";
import { type TokenAddress, tokenSearch } from "@/lib/console/tokens-filter";
import { tokensQuery } from "@/lib/console/tokens-queries";

/** A page that was just read is not read again at once. */
const FRESH_MS = 5_000;

/** Tokens by filter: whose they are, how long they live, what hangs on them. */
export function TokensPage({
  first,
  firstAddress,
  mountPaths,
  policyNames,
  ownAccessor,
  code,
}: {
  first: Read<TokenPage>;
  firstAddress: TokenAddress;
  mountPaths: readonly string[];
  policyNames: readonly string[];
  ownAccessor: string;
  code: Code;
}) {
  const [address, setAddress] = useTokenAddress();
  const isFirst = tokenSearch(address) === tokenSearch(firstAddress);
  const query = useQuery({
    ...tokensQuery(address),
    staleTime: FRESH_MS,
    ...(isFirst && first.ok && { initialData: first.data }),
    enabled: !isFirst || first.ok,
  });
  const refusal = isFirst && !first.ok ? first.refusal : refusalOf(query.error);
  return (
    <Page
      title="Tokens"
      apiPath={TOKENS_PATH}
      description="Who is logged in, with what rights, and what ends with them."
      actions={
        <Actions code={code} isReading={query.isFetching} onRead={() => void query.refetch()} />
      }
      help={{ title: "Tokens", content: <TokensHelp /> }}
    >
      <SpaceBetween size="l">
        {refusal !== null && (
          <RefusalState
            what="The tokens are not shown."
            refusal={refusal}
            onRetry={() => void query.refetch()}
          />
        )}
        {refusal?.kind !== "forbidden" && (
          <TokenTable
            page={refusal === null ? (query.data ?? null) : null}
            isLoading={query.isFetching}
            {...{ address, mountPaths, policyNames, ownAccessor }}
            onAddress={setAddress}
          />
        )}
      </SpaceBetween>
    </Page>
  );
}

function Actions({
  code,
  isReading,
  onRead,
}: {
  code: Code;
  isReading: boolean;
  onRead: () => void;
}) {
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <ShowAsCode code={code} />
      <Button
        iconName="refresh"
        ariaLabel="Read the tokens again"
        loading={isReading}
        onClick={onRead}
      />
    </SpaceBetween>
  );
}

function refusalOf(error: Error | null): Refusal | null {
  if (error === null) return null;
  if (error instanceof ReadRefused) return error.refusal;
  return failed(TOKENS_PATH, "The answer is not what this page knows how to read.");
}
