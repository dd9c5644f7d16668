"use client";

import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { AwsFacts } from "@/app/(console)/leases/[...id]/aws-facts";
import { IssuingRequestPanel } from "@/app/(console)/leases/[...id]/issuing-request";
import { LeaseAttempts } from "@/app/(console)/leases/[...id]/lease-attempts";
import { LeaseTimeline } from "@/app/(console)/leases/[...id]/lease-timeline";
import { Siblings } from "@/app/(console)/leases/[...id]/siblings";
import { StuckLease } from "@/app/(console)/leases/[...id]/stuck-lease";
import { LeaseActions } from "@/app/(console)/leases/lease-actions";
import { LeaseFacts } from "@/app/(console)/leases/lease-facts";
import { LifetimeBar } from "@/app/(console)/leases/lifetime-bar";
import { Ago } from "@/components/ago";
import { LeaseState } from "@/components/lease-state";
import { useNow } from "@/components/now";
import { Page } from "@/components/page";
import { RefusalState } from "@/components/refusal-state";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import { ReadRefused } from "@/lib/console/get-json";
import { type IssuingRequest, type LeaseDetail, leasePath } from "@/lib/console/leases";
import { leaseDetailQuery } from "@/lib/console/leases-queries";
import type { LeaseRights } from "@/lib/console/leases-rights";
import { shownState, stateSentence } from "@/lib/console/leases-words";
import type { Read } from "@/lib/console/operator";

const FRESH_MS = 4_000;

/** One lease: how it stands, what bounds it, whose it is, and what happened to it. */
export function LeasePage({
  first,
  request,
  rights,
  code,
}: {
  first: LeaseDetail;
  /** Null: the log no longer has it. */
  request: Read<IssuingRequest> | null;
  rights: LeaseRights;
  code: Code;
}) {
  const { data: lease, error } = useQuery({
    ...leaseDetailQuery(first.lease_id),
    initialData: first,
    staleTime: FRESH_MS,
  });
  const now = useNow();
  return (
    <Page
      title={`Lease …${lease.lease_id.slice(-8)}`}
      description={
        <SpaceBetween size="xxs">
          <LeaseState state={shownState(lease, now)} />
          <div>{stateSentence(lease, now)}</div>
        </SpaceBetween>
      }
      apiPath={leasePath(lease.lease_id)}
      above={[{ text: "Leases", href: "/leases" }]}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <ShowAsCode code={code} />
          <LeaseActions lease={lease} rights={rights} />
        </SpaceBetween>
      }
    >
      <SpaceBetween size="l">
        {error instanceof ReadRefused && (
          <RefusalState
            what="What follows may be old: the lease cannot be read any more."
            refusal={error.refusal}
          />
        )}
        <Parts lease={lease} request={request} rights={rights} />
      </SpaceBetween>
    </Page>
  );
}

function Parts({
  lease,
  request,
  rights,
}: {
  lease: LeaseDetail;
  request: Read<IssuingRequest> | null;
  rights: LeaseRights;
}) {
  return (
    <SpaceBetween size="l">
      <StuckLease lease={lease} rights={rights} />
      <Container header={<Header variant="h2">Lifetime</Header>}>
        <LifetimeBar lease={lease} limits={lease.limits} />
      </Container>
      <Container
        header={
          <Header
            variant="h2"
            description={
              <>
                As of <Ago at={lease.as_of} />
              </>
            }
          >
            Holder and credential
          </Header>
        }
      >
        <LeaseFacts lease={lease} />
      </Container>
      <AwsFacts lease={lease} />
      <IssuingRequestPanel request={request} />
      <LeaseAttempts lease={lease} />
      <LeaseTimeline lease={lease} />
      <Siblings lease={lease} />
    </SpaceBetween>
  );
}
