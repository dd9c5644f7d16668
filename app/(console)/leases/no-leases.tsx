"use client";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { EmptyState } from "@/components/empty-state";
import { useFollow } from "@/components/follow";
import {
  chipsOf,
  filterOf,
  isFiltered,
  type LeaseAddress,
  refiltered,
} from "@/lib/console/leases-filter";

/** No lease at all, or none that matches: then the way out is beside it. */
export function NoLeases({
  address,
  go,
}: {
  address: LeaseAddress;
  go: (next: LeaseAddress) => void;
}) {
  const follow = useFollow();
  if (!isFiltered(address)) {
    return (
      <EmptyState
        title="No lease is live"
        action={
          <Box display="inline-block">
            <SpaceBetween direction="horizontal" size="xs">
              <Button onClick={() => go(refiltered(address, { state: "ended" }))}>
                Show ended leases
              </Button>
              <Button href="/secrets" onFollow={follow}>
                AWS secrets
              </Button>
            </SpaceBetween>
          </Box>
        }
        snippet="vault read aws/creds/<role>"
      >
        Each credential that a workload draws stands here until it ends.
      </EmptyState>
    );
  }
  const chips = chipsOf(address);
  const mayHaveEnded = address.state !== "any" && address.state !== "ended";
  return (
    <EmptyState
      title="No lease matches"
      action={
        <Box display="inline-block">
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={() => go(refiltered(address, filterOf(chips.slice(0, -1))))}>
              Remove the last filter
            </Button>
            {mayHaveEnded && (
              <Button onClick={() => go(refiltered(address, { state: "any" }))}>
                Look among ended leases too
              </Button>
            )}
          </SpaceBetween>
        </Box>
      }
    />
  );
}
