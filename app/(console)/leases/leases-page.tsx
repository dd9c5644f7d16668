"use client";

import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLeaseAddress } from "@/app/(console)/leases/lease-address";
import { LeasePanel } from "@/app/(console)/leases/lease-panel";
import { LeaseTable } from "@/app/(console)/leases/lease-table";
import { RevokeMany } from "@/app/(console)/leases/revoke-many";
import { useFollow } from "@/components/follow";
import { Page } from "@/components/page";
import { RefusalState } from "@/components/refusal-state";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import { useUrlState } from "@/components/url-state";
import { ReadRefused } from "@/lib/console/get-json";
import { LEASES_PATH, type LeasePage } from "@/lib/console/leases";
import { type LeaseAddress, leaseParams } from "@/lib/console/leases-filter";
import { leasesQuery } from "@/lib/console/leases-queries";
import type { LeaseRights } from "@/lib/console/leases-rights";
import type { LeaseSelection } from "@/lib/console/leases-selection";
import { countText } from "@/lib/console/leases-words";
import type { Read } from "@/lib/console/operator";
import type { Refusal } from "@/lib/console/refusal";

/** What the server read is as good as new for this long. */
const FRESH_MS = 4_000;

/** Leases by filter, with the one that is looked at beside them. */
export function LeasesPage({
  firstQuery,
  first,
  rights,
  mounts,
  code,
}: {
  /** The address that `first` is of. */
  firstQuery: string;
  first: Read<LeasePage>;
  rights: LeaseRights;
  mounts: readonly string[];
  code: Code;
}) {
  const [address, go] = useLeaseAddress();
  const [open, setOpen] = useUrlState("lease");
  const [revoking, setRevoking] = useState<LeaseSelection | null>(null);
  const query = leaseParams(address).toString();
  const { read, refusal } = useLeases(address, query === firstQuery ? first : null);
  const page = refusal === null ? read.data : undefined;
  return (
    <Page
      title="Leases"
      description="Credentials that were handed out, each until it ends."
      apiPath={LEASES_PATH}
      contentType="table"
      {...(page && {
        counter: `(${countText({ count: page.count, isMore: page.count_is_more })})`,
      })}
      actions={<PageActions query={query} code={code} />}
      splitPanel={
        open === "" ? undefined : <LeasePanel key={open} leaseId={open} rights={rights} />
      }
      splitPanelOpen={open !== ""}
      onSplitPanelToggle={(isOpen) => {
        if (!isOpen) setOpen("");
      }}
    >
      <SpaceBetween size="m">
        {refusal !== null && <NotShown refusal={refusal} read={read} />}
        {refusal?.kind !== "forbidden" && (
          <LeaseTable
            address={address}
            go={go}
            page={page}
            isOlder={read.isPlaceholderData}
            isRefused={refusal !== null}
            mounts={mounts}
            rights={rights}
            onOpen={setOpen}
            onRevoke={setRevoking}
          />
        )}
      </SpaceBetween>
      {revoking !== null && <RevokeMany selection={revoking} onClose={() => setRevoking(null)} />}
    </Page>
  );
}

function NotShown({ refusal, read }: { refusal: Refusal; read: { refetch: () => unknown } }) {
  return (
    <RefusalState
      what="The leases are not shown."
      refusal={refusal}
      onRetry={() => void read.refetch()}
    />
  );
}

/** `first`: what the server read of this address; null: it read another. */
function useLeases(address: LeaseAddress, first: Read<LeasePage> | null) {
  const read = useQuery({
    ...leasesQuery(address),
    ...(first?.ok === true && { initialData: first.data }),
    enabled: first?.ok !== false,
    staleTime: FRESH_MS,
  });
  return { read, refusal: first?.ok === false ? first.refusal : refusalOf(read.error) };
}

function refusalOf(error: Error | null): Refusal | null {
  if (error === null) return null;
  if (error instanceof ReadRefused) return error.refusal;
  const message = "The server did not answer.";
  return { kind: "unavailable", message, requestId: "", capability: "", path: "" };
}

function PageActions({ query, code }: { query: string; code: Code }) {
  const follow = useFollow();
  const href = (format: string): string =>
    `/api/console/leases/export?${query}${query === "" ? "" : "&"}format=${format}`;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button href="/jobs" onFollow={follow}>
        Revocation jobs
      </Button>
      <ShowAsCode code={code} />
      <ButtonDropdown
        items={[
          { id: "csv", text: "CSV, all that match", href: href("csv"), download: true },
          { id: "jsonl", text: "JSON lines, all that match", href: href("jsonl"), download: true },
        ]}
      >
        Export
      </ButtonDropdown>
    </SpaceBetween>
  );
}
