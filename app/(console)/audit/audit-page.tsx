"use client";

import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import { type ChangeAddress, useAuditAddress } from "@/app/(console)/audit/audit-state";
import { totalOf } from "@/app/(console)/audit/bars";
import { CompareDialog } from "@/app/(console)/audit/compare-dialog";
import { EntryPanel } from "@/app/(console)/audit/entry-panel";
import { EntryTable } from "@/app/(console)/audit/entry-table";
import { ExportDialog } from "@/app/(console)/audit/export-dialog";
import { FilterBar } from "@/app/(console)/audit/filter-bar";
import { Histogram } from "@/app/(console)/audit/histogram";
import { LiveTail } from "@/app/(console)/audit/live/live-tail";
import { RangePicker } from "@/app/(console)/audit/range-picker";
import { ViewsMenu } from "@/app/(console)/audit/views-menu";
import { Page } from "@/components/page";
import { RefusalState } from "@/components/refusal-state";
import { ShowAsCode } from "@/components/show-as-code";
import { asCode } from "@/lib/console/as-code";
import { AUDIT_PATH, type AuditHistogram, type AuditPage as AuditRows } from "@/lib/console/audit";
import {
  type AuditAddress,
  filterParams,
  refiltered,
  withCondition,
} from "@/lib/console/audit-address";
import { auditHistogramQuery, auditRowsQuery, rowsKey } from "@/lib/console/audit-queries";
import { ReadRefused } from "@/lib/console/get-json";
import type { Read } from "@/lib/console/operator";
import { failed, type Refusal } from "@/lib/console/refusal";
import "@/app/(console)/audit/audit.css";

type Dialog = "compare" | "export" | null;

/** The audit log: counts over the whole filter, rows of one page, one entry beside them. */
export function AuditPage({ first, firstKey }: { first: Read<AuditRows>; firstKey: string }) {
  const [address, change] = useAuditAddress();
  const [isRetried, setRetried] = useState(false);
  const [dialog, setDialog] = useState<Dialog>(null);
  const isAllowed = first.ok || isRetried;
  const histogram = useQuery({
    ...auditHistogramQuery(address),
    enabled: isAllowed && !address.isLive,
  });
  const total = histogram.data === undefined ? null : totalOf(histogram.data);
  const isOpen = address.event !== "";
  const close = (): void => change((now) => ({ ...now, event: "" }));
  return (
    <Page
      title="Audit log"
      apiPath={AUDIT_PATH}
      description="Every request of the API and of this console, and every act of the server."
      contentType="table"
      actions={isAllowed && <Actions address={address} change={change} onDialog={setDialog} />}
      help={{ title: "Audit log", content: <Help /> }}
      splitPanel={isOpen && <EntryPanel address={address} change={change} />}
      splitPanelOpen={isOpen}
      onSplitPanelToggle={(isWanted) => {
        if (!isWanted) close();
      }}
    >
      {first.ok || firstKey !== rowsKey(address) || isRetried ? (
        <Rows
          first={first.ok ? { key: firstKey, page: first.data } : null}
          address={address}
          change={change}
          histogram={histogram}
        />
      ) : (
        <RefusalState
          what="The audit log is not shown."
          refusal={first.refusal}
          onRetry={() => setRetried(true)}
        />
      )}
      {dialog === "compare" && (
        <CompareDialog
          onHash={(hash) => change((now) => comparing(now, hash))}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog === "export" && (
        <ExportDialog address={address} total={total} onClose={() => setDialog(null)} />
      )}
    </Page>
  );
}

function Actions({
  address,
  change,
  onDialog,
}: {
  address: AuditAddress;
  change: ChangeAddress;
  onDialog: (dialog: Dialog) => void;
}) {
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <ShowAsCode code={codeOf(address)} />
      {!address.isLive && (
        <Button
          iconName="play"
          onClick={() => change((now) => ({ ...refiltered(now, {}), isLive: true }))}
        >
          Follow live
        </Button>
      )}
      <ViewsMenu address={address} change={change} />
      <Button onClick={() => onDialog("compare")}>Compare with…</Button>
      <Button iconName="download" onClick={() => onDialog("export")}>
        Export
      </Button>
    </SpaceBetween>
  );
}

/** Entries that hold a hash; the comparison itself holds it too, and tells nothing. */
function comparing(address: AuditAddress, hash: string): AuditAddress {
  const found = withCondition(address, { property: "hash", isExcluded: false, value: hash });
  return withCondition(found, { property: "path", isExcluded: true, value: "sys/audit-hash/" });
}

/** The list and its counts, or the log as it is written. */
function Rows({
  first,
  address,
  change,
  histogram,
}: {
  first: { key: string; page: AuditRows } | null;
  address: AuditAddress;
  change: ChangeAddress;
  histogram: UseQueryResult<AuditHistogram>;
}) {
  const rows = useQuery({ ...auditRowsQuery(address, first), enabled: !address.isLive });
  const counted = histogram.data === undefined ? null : totalOf(histogram.data);
  const readAgain = (): void => {
    void rows.refetch();
    void histogram.refetch();
  };
  return (
    <SpaceBetween size="l">
      <div className="audit-controls">
        {!address.isLive && (
          <RangePicker
            range={address}
            onChange={(range) => change((now) => refiltered(now, range))}
          />
        )}
        <FilterBar
          address={address}
          entries={rows.data?.entries ?? []}
          countText={counted === null || address.isLive ? "" : countText(counted)}
          onChange={(changed) => change((now) => refiltered(now, changed))}
        />
      </div>
      {address.isLive ? (
        <LiveTail key={filterParams(address).toString()} address={address} change={change} />
      ) : (
        <Histogram
          query={histogram}
          onNarrow={(from, to) => change((now) => refiltered(now, { from, to }))}
        />
      )}
      {!address.isLive && (
        <List rows={rows} address={address} change={change} total={counted} readAgain={readAgain} />
      )}
    </SpaceBetween>
  );
}

function List({
  rows,
  address,
  change,
  total,
  readAgain,
}: {
  rows: UseQueryResult<AuditRows>;
  address: AuditAddress;
  change: ChangeAddress;
  total: number | null;
  readAgain: () => void;
}) {
  if (rows.error !== null) {
    return (
      <RefusalState
        what="The entries are not shown."
        refusal={refusalOf(rows.error)}
        onRetry={() => void rows.refetch()}
      />
    );
  }
  return (
    <EntryTable
      page={rows.data}
      address={address}
      change={change}
      total={total}
      isLoading={rows.isFetching}
      onRefresh={readAgain}
    />
  );
}

function countText(count: number): string {
  return `${count.toLocaleString("en")} ${count === 1 ? "entry" : "entries"}`;
}

function codeOf(address: AuditAddress) {
  const data = Object.fromEntries(filterParams(address));
  return asCode({ operation: "read", path: AUDIT_PATH, data });
}

function refusalOf(error: Error): Refusal {
  return error instanceof ReadRefused ? error.refusal : failed("", "The server did not answer.");
}

function Help() {
  return (
    <>
      <p>
        Secrets are in the log as hashes only. “Compare with…” finds the entries that hold a value
        you know.
      </p>
      <p>
        Each instance writes a chain of its own: sequence numbers count up by one for each writer,
        and each batch’s hash covers the batch before.
      </p>
      <p>
        Denied: a policy did not grant it. Refused: the request asked for something that cannot be.
        Failed: the server or AWS could not.
      </p>
    </>
  );
}
