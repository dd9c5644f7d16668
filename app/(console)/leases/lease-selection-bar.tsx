"use client";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { LeaseTableProps } from "@/app/(console)/leases/lease-table";
import { useNow } from "@/components/now";
import type { Lease } from "@/lib/console/leases";
import { allOf } from "@/lib/console/leases-selection";
import { clockText, countText, leasesWord } from "@/lib/console/leases-words";

/** Leases that a job takes by name. */
const SELECTED_MAX = 500;

/** Revoking what is selected, or all that the filter finds as of when it was read. */
export function LeaseSelectionBar({
  address,
  page,
  rights,
  selected,
  onClear,
  onRevoke,
}: LeaseTableProps & { selected: readonly Lease[]; onClear: () => void }) {
  const now = useNow();
  const all = allReason({ address, page, rights });
  const some = rights.revoke || selectedReason(selected.length);
  return (
    <SpaceBetween direction="horizontal" size="xs" alignItems="center">
      {selected.length > 0 && (
        <>
          <Box variant="span">{leasesWord(selected.length)} selected</Box>
          <Button variant="link" onClick={onClear}>
            Clear selection
          </Button>
        </>
      )}
      <Button
        disabled={all !== ""}
        disabledReason={all}
        onClick={() => {
          if (page !== undefined) onRevoke(allOf(address, page.as_of));
        }}
      >
        {page === undefined
          ? "Revoke all that match"
          : `Revoke all ${address.state === "any" ? "live that match" : countText({ count: page.count, isMore: page.count_is_more })} as of ${clockText(page.as_of, now)}`}
      </Button>
      <Button
        disabled={some !== ""}
        disabledReason={some}
        onClick={() => onRevoke({ by: "ids", leases: selected })}
      >
        Revoke selected
      </Button>
    </SpaceBetween>
  );
}

function selectedReason(count: number): string {
  if (count === 0) return "Select leases first.";
  return count > SELECTED_MAX ? `At most ${SELECTED_MAX} leases are taken by name.` : "";
}

function allReason({
  address,
  page,
  rights,
}: Pick<LeaseTableProps, "address" | "page" | "rights">) {
  if (rights.revoke !== "") return rights.revoke;
  if (page === undefined || page.count === 0) return "No lease matches.";
  return address.state === "ended" ? "They have ended." : "";
}
