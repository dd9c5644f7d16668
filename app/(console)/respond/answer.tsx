"use client";

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { CredentialCard } from "@/app/(console)/respond/credential-card";
import { Freeze } from "@/app/(console)/respond/freeze";
import { RefusalState } from "@/components/refusal-state";
import { refusalIn, respondQuery } from "@/lib/console/respond-queries";

/** What one identifier stands for: a card for each credential. */
export function Answer({ identifier, whyNotStop }: { identifier: string; whyNotStop: string }) {
  const { data, error, refetch } = useQuery(respondQuery(identifier));
  const [isFreezing, setFreezing] = useState(false);
  if (data === undefined) {
    if (error === null) {
      return (
        <div role="status">
          <Spinner /> Looking for {identifier}
        </div>
      );
    }
    const refusal = refusalIn(error);
    return (
      <RefusalState
        what={`${identifier} was not looked for.`}
        refusal={refusal}
        onRetry={() => void refetch()}
      />
    );
  }
  const { leases, areMore, principal } = data;
  return (
    <SpaceBetween size="m">
      {leases.length === 0 && (
        <Alert
          type="info"
          header={`No credential handed out here has to do with ${identifier}`}
          action={
            principal !== null && (
              <Button onClick={() => setFreezing(true)}>Freeze this principal</Button>
            )
          }
        >
          It was not issued by this server, or it ended longer ago than the history is kept. If it
          is an AWS key, look for it in IAM and CloudTrail of its account.
        </Alert>
      )}
      {leases.map((lease) => (
        <CredentialCard key={lease.lease_id} lease={lease} whyNotStop={whyNotStop} />
      ))}
      {(areMore || leases.length > 1) && (
        <Link href={`/leases?${new URLSearchParams({ q: identifier, state: "any" }).toString()}`}>
          {areMore ? "There are more: all leases" : "All leases"} with {identifier}
        </Link>
      )}
      {isFreezing && principal !== null && (
        <Freeze target={{ principal }} onClose={() => setFreezing(false)} />
      )}
    </SpaceBetween>
  );
}
