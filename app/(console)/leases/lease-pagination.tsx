"use client";

import Pagination from "@cloudscape-design/components/pagination";
import { useState } from "react";
import type { LeasePage } from "@/lib/console/leases";
import { filterQuery, type LeaseAddress } from "@/lib/console/leases-filter";

/**
 * Pages by cursor: forward with the cursor that the page tells, back with those that led here. Whoever
 * came by a link to a later page goes back to the first.
 */
export function LeasePagination({
  address,
  go,
  page,
  isOlder,
}: {
  address: LeaseAddress;
  go: (next: LeaseAddress) => void;
  page: LeasePage | undefined;
  isOlder: boolean;
}) {
  const list = JSON.stringify([filterQuery(address), address.state, address.sort, address.size]);
  const [trail, setTrail] = useState<{ list: string; cursors: readonly string[] }>({
    list,
    cursors: [],
  });
  const cursors = trail.list === list ? trail.cursors : [];
  const next = isOlder ? null : (page?.next_cursor ?? null);
  const goTo = (index: number, cursor: string | undefined): void => {
    if (cursor === undefined || index === 1) go({ ...address, cursor: "", page: 1 });
    else go({ ...address, cursor, page: index });
  };
  const last = next === null ? address.page : address.page + 1;
  return (
    <Pagination
      currentPageIndex={address.page}
      pagesCount={last}
      openEnd={next !== null}
      disabled={page === undefined}
      onChange={({ detail }) => {
        const index = detail.currentPageIndex;
        const known = [...cursors];
        // Page 2 begins behind the first cursor.
        if (address.cursor !== "") known[address.page - 2] = address.cursor;
        if (next !== null) known[address.page - 1] = next;
        setTrail({ list, cursors: known });
        goTo(index, known[index - 2]);
      }}
    />
  );
}
