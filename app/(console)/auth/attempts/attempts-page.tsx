"use client";

import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { AttemptTable } from "@/app/(console)/auth/attempts/attempt-table";
import { AttemptsHelp } from "@/app/(console)/auth/attempts/attempts-help";
import { DryRunDialog } from "@/app/(console)/auth/attempts/dry-run-dialog";
import { OpenAttempt } from "@/app/(console)/auth/attempts/open-attempt";
import { useAttemptAddress } from "@/app/(console)/auth/attempts/use-attempt-address";
import { Page } from "@/components/page";
import { RefusalState } from "@/components/refusal-state";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import { type AttemptPage, ATTEMPTS_PATH } from "@/lib/console/attempts";
import { type AttemptAddress, attemptSearch } from "@/lib/console/attempts-filter";
import { attemptsQuery } from "@/lib/console/attempts-queries";
import { ReadRefused } from "@/lib/console/get-json";
import type { Read } from "@/lib/console/operator";
import { failed, type Refusal } from "@/lib/console/refusal";

/** A page that was just read is not read again at once. */
const FRESH_MS = 5_000;

/** What the address asks for; what the server has read already is not read again. */
function useAttempts(
  address: AttemptAddress,
  { first, firstAddress }: { first: Read<AttemptPage>; firstAddress: AttemptAddress },
) {
  const isFirst = attemptSearch(address) === attemptSearch(firstAddress);
  const query = useQuery({
    ...attemptsQuery(address),
    staleTime: FRESH_MS,
    ...(isFirst && first.ok && { initialData: first.data }),
    enabled: !isFirst || first.ok,
  });
  const refusal = isFirst && !first.ok ? first.refusal : refusalOf(query.error);
  return { query, refusal };
}

/** Logins through AWS auth mounts: which check refused them, in a sentence. */
export function AttemptsPage({
  first,
  firstAddress,
  mountPaths,
  code,
}: {
  first: Read<AttemptPage>;
  firstAddress: AttemptAddress;
  mountPaths: readonly string[];
  code: Code;
}) {
  const [address, setAddress] = useAttemptAddress();
  const [isTesting, setTesting] = useState(false);
  const { query, refusal } = useAttempts(address, { first, firstAddress });
  const read = (): void => void query.refetch();
  return (
    <Page
      title="Login attempts"
      apiPath={ATTEMPTS_PATH}
      description="Logins through AWS auth mounts, with the check that refused them and how to mend it."
      actions={
        <Actions
          code={code}
          isReading={query.isFetching}
          onRead={read}
          onTest={() => setTesting(true)}
        />
      }
      help={{ title: "Login attempts", content: <AttemptsHelp /> }}
    >
      <SpaceBetween size="l">
        <OpenAttempt />
        {refusal !== null && (
          <RefusalState what="The attempts are not shown." refusal={refusal} onRetry={read} />
        )}
        {refusal?.kind !== "forbidden" && (
          <AttemptTable
            page={refusal === null ? (query.data ?? null) : null}
            isLoading={query.isFetching}
            {...{ address, mountPaths }}
            onAddress={setAddress}
          />
        )}
      </SpaceBetween>
      {isTesting && (
        <DryRunDialog
          mountPaths={mountPaths}
          begun={{ mount: address.mount || (mountPaths[0] ?? ""), role: address.role }}
          onClose={() => setTesting(false)}
        />
      )}
    </Page>
  );
}

function Actions({
  code,
  isReading,
  onRead,
  onTest,
}: {
  code: Code;
  isReading: boolean;
  onRead: () => void;
  onTest: () => void;
}) {
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <ShowAsCode code={code} />
      <Button onClick={onTest}>Test a login</Button>
      <Button
        iconName="refresh"
        ariaLabel="Read the attempts again"
        loading={isReading}
        onClick={onRead}
      />
    </SpaceBetween>
  );
}

function refusalOf(error: Error | null): Refusal | null {
  if (error === null) return null;
  if (error instanceof ReadRefused) return error.refusal;
  return failed(ATTEMPTS_PATH, "The answer is not what this page knows how to read.");
}
