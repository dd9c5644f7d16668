"use client";

import Link from "@cloudscape-design/components/link";
import Skeleton from "@cloudscape-design/components/skeleton";
import SpaceBetween from "@cloudscape-design/components/space-between";
import SplitPanel from "@cloudscape-design/components/split-panel";
import { useQuery } from "@tanstack/react-query";
import { LeaseActions } from "@/app/(console)/leases/lease-actions";
import { LeaseFacts } from "@/app/(console)/leases/lease-facts";
import { LifetimeBar } from "@/app/(console)/leases/lifetime-bar";
import { useFollow } from "@/components/follow";
import { LeaseState } from "@/components/lease-state";
import { useNow } from "@/components/now";
import { RefusalState } from "@/components/refusal-state";
import { ReadRefused } from "@/lib/console/get-json";
import { leaseHref } from "@/lib/console/leases";
import { leaseDetailQuery } from "@/lib/console/leases-queries";
import type { LeaseRights } from "@/lib/console/leases-rights";
import { shownState, stateSentence } from "@/lib/console/leases-words";

/** One lease beside the list. */
export function LeasePanel({ leaseId, rights }: { leaseId: string; rights: LeaseRights }) {
  const { data: lease, error } = useQuery(leaseDetailQuery(leaseId));
  const follow = useFollow();
  const now = useNow();
  return (
    <SplitPanel header="Lease" closeBehavior="hide" hidePreferencesButton>
      <SpaceBetween size="m">
        <Link href={leaseHref(leaseId)} onFollow={follow} variant="primary">
          {leaseId}
        </Link>
        {error instanceof ReadRefused && (
          <RefusalState what="The lease is not shown." refusal={error.refusal} />
        )}
        {lease === undefined && error === null && <Skeleton width="60%" />}
        {lease !== undefined && (
          <>
            <LeaseState state={shownState(lease, now)} />
            <div>{stateSentence(lease, now)}</div>
            <LeaseActions lease={lease} rights={rights} />
            <LifetimeBar lease={lease} limits={lease.limits} />
            <LeaseFacts lease={lease} columns={2} />
          </>
        )}
      </SpaceBetween>
    </SplitPanel>
  );
}
