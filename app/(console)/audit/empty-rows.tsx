"use client";

import Button from "@cloudscape-design/components/button";
import type { ChangeAddress } from "@/app/(console)/audit/audit-state";
import { EmptyState } from "@/components/empty-state";
import {
  type AuditAddress,
  isFiltered,
  refiltered,
  withoutLast,
} from "@/lib/console/audit-address";

const LONG_RANGE = "-30d";

/** No rows: because of the filter, because of the range, or because a page has none. */
export function EmptyRows({ address, change }: { address: AuditAddress; change: ChangeAddress }) {
  if (address.cursor !== "" || address.before !== "") {
    return (
      <EmptyState
        title="No entry on this page"
        action={<Button onClick={() => change((now) => refiltered(now, {}))}>First page</Button>}
      />
    );
  }
  if (isFiltered(address)) {
    return (
      <EmptyState
        title="No entry matches the filter in this range"
        action={<Button onClick={() => change(withoutLast)}>Remove last filter</Button>}
      />
    );
  }
  return (
    <EmptyState
      title="No entry in this range"
      snippet="vault read sys/leasehold/audit"
      action={
        <Button onClick={() => change((now) => refiltered(now, { from: LONG_RANGE, to: "" }))}>
          Look at the last 30 days
        </Button>
      }
    >
      Every request of the API and of this console has an entry, and so has every act of the server.
    </EmptyState>
  );
}
