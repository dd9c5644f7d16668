"use client";

import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import SplitPanel from "@cloudscape-design/components/split-panel";
import { useQuery } from "@tanstack/react-query";
import type { ChangeAddress } from "@/app/(console)/audit/audit-state";
import { EntryChain } from "@/app/(console)/audit/entry-chain";
import { EntryFacts } from "@/app/(console)/audit/entry-facts";
import { EntryJson } from "@/app/(console)/audit/entry-json";
import { EntryRule } from "@/app/(console)/audit/entry-rule";
import { HashPlaces } from "@/app/(console)/audit/hash-places";
import { ObjectPath } from "@/components/object-path";
import { RefusalState } from "@/components/refusal-state";
import { AUDIT_PATH, type OpenedEntry } from "@/lib/console/audit";
import type { AuditAddress } from "@/lib/console/audit-address";
import { auditEntryQuery } from "@/lib/console/audit-queries";
import { ReadRefused } from "@/lib/console/get-json";
import { inertText } from "@/lib/console/inert-text";
import { failed } from "@/lib/console/refusal";

/** One entry beside the list: what was asked and answered, by which rule, and what proves it. */
export function EntryPanel({ address, change }: { address: AuditAddress; change: ChangeAddress }) {
  const { data, error, refetch } = useQuery(auditEntryQuery(address.event));
  return (
    <SplitPanel
      header={data === undefined ? "Entry" : titleOf(data)}
      closeBehavior="hide"
      hidePreferencesButton
      i18nStrings={{
        closeButtonAriaLabel: "Close the entry",
        openButtonAriaLabel: "Open the entry",
        resizeHandleAriaLabel: "Resize the entry's panel",
        resizeHandleTooltipText: "Drag or use the arrow keys to resize",
      }}
    >
      {error !== null && (
        <RefusalState
          what="The entry is not shown."
          refusal={
            error instanceof ReadRefused ? error.refusal : failed("", "The server did not answer.")
          }
          onRetry={() => void refetch()}
        />
      )}
      {data === undefined && error === null && (
        <Box padding="l">
          <Spinner /> Reading the entry
        </Box>
      )}
      {data !== undefined && <Opened opened={data} address={address} change={change} />}
    </SplitPanel>
  );
}

function titleOf({ entry }: OpenedEntry): string {
  return `${inertText(entry.operation)} ${inertText(entry.path)}`;
}

function Opened({
  opened,
  address,
  change,
}: {
  opened: OpenedEntry;
  address: AuditAddress;
  change: ChangeAddress;
}) {
  const { entry, explanation } = opened;
  const hashes = address.conditions.flatMap(({ property, value }) =>
    property === "hash" ? [value] : [],
  );
  return (
    <SpaceBetween size="l">
      <ObjectPath path={`${AUDIT_PATH}/${entry.id}`} />
      {hashes.length > 0 && <HashPlaces entry={entry} hashes={hashes} />}
      <EntryFacts entry={entry} change={change} />
      <EntryRule entry={entry} explanation={explanation} />
      <EntryChain entry={entry} />
      <div>
        <Header variant="h3">Request and answer</Header>
        <EntryJson
          what="request and answer"
          hashes={hashes}
          value={{
            request: entry.request,
            auth: entry.auth,
            response: entry.response,
            ...(entry.error !== null && { error: entry.error }),
          }}
        />
      </div>
      {entry.entries.map(({ writer, seq, kind, entry: stored }) => (
        <div key={`${writer} ${seq}`}>
          <Header variant="h3">
            As stored: {kind}, sequence {seq}
          </Header>
          <EntryJson what={`entry ${seq} as stored`} hashes={hashes} value={stored} />
        </div>
      ))}
    </SpaceBetween>
  );
}
