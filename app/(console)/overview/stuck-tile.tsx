"use client";

import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { Tile } from "@/app/(console)/overview/tile";
import { usePart } from "@/app/(console)/overview/use-part";
import { Ago } from "@/components/ago";
import { Follow } from "@/components/follow-link";
import { LeaseState } from "@/components/lease-state";
import type { Stuck } from "@/lib/console/overview";
import { leaseHref, OVERVIEW_LINKS } from "@/lib/console/overview-links";

const ERROR_MAX = 160;

/** Revocations that AWS refuses: credentials that outlive their lease. */
export function StuckTile() {
  const read = usePart("stuck");
  return (
    <Tile
      title="Stuck revocations"
      {...(read?.ok === true && { counter: counterOf(read.data) })}
      link={linkOf(read?.ok === true ? read.data : null)}
      what="Stuck revocations are not shown."
      read={read}
    >
      {({ leases }) =>
        leases.length === 0 ? (
          <StatusIndicator type="success">Every revocation goes through</StatusIndicator>
        ) : (
          <SpaceBetween size="s">
            {leases.map((lease) => (
              <div key={lease.lease_id}>
                <LeaseState state={lease.state === "irrevocable" ? "irrevocable" : "stuck"} />{" "}
                <Follow href={leaseHref(lease.lease_id)}>{shortId(lease.lease_id)}</Follow>
                <Box variant="small" display="block">
                  {(lease.last_error ?? "").slice(0, ERROR_MAX)}
                </Box>
                <Box variant="small" display="block">
                  {lease.attempts} {lease.attempts === 1 ? "attempt" : "attempts"}, next{" "}
                  <Ago at={lease.next_attempt_at} />
                </Box>
              </div>
            ))}
          </SpaceBetween>
        )
      }
    </Tile>
  );
}

function counterOf({ irrevocable, irrevocable_is_more: isMore, failing }: Stuck): string {
  return `(${(irrevocable + failing).toLocaleString("en")}${isMore ? "+" : ""})`;
}

function linkOf(stuck: Stuck | null): { text: string; href: string } {
  const isFailingOnly = stuck !== null && stuck.irrevocable === 0 && stuck.failing > 0;
  return {
    text: "Open leases",
    href: isFailingOnly ? OVERVIEW_LINKS.revoking : OVERVIEW_LINKS.irrevocable,
  };
}

/** The role's path and the end of the id. */
function shortId(leaseId: string): string {
  const slash = leaseId.lastIndexOf("/");
  return `${leaseId.slice(0, slash)}/…${leaseId.slice(-6)}`;
}
