"use client";

import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Ago } from "@/components/ago";
import { Follow } from "@/components/follow-link";
import { KeyValue } from "@/components/key-value";
import { RefusalState } from "@/components/refusal-state";
import type { IssuingRequest } from "@/lib/console/leases";
import type { Read } from "@/lib/console/operator";

/** The request that the lease came from, and which policy allowed it. */
export function IssuingRequestPanel({ request }: { request: Read<IssuingRequest> | null }) {
  return (
    <Container header={<Header variant="h2">Request it was issued by</Header>}>
      {request === null ? (
        "The log no longer has the request."
      ) : request.ok ? (
        <Found request={request.data} />
      ) : (
        <RefusalState what="The request is not shown." refusal={request.refusal} />
      )}
    </Container>
  );
}

function Found({ request }: { request: IssuingRequest }) {
  const { request_id: id, granting_policies: policies } = request;
  const sent = { request: request.request, auth: request.auth };
  return (
    <SpaceBetween size="m">
      <KeyValue
        columns={4}
        facts={[
          { label: "At", value: <Ago at={request.requested_at} /> },
          { label: "From", value: request.remote_address ?? "" },
          {
            label: "Allowed by policy",
            value: policies.map((name) => (
              <div key={name}>
                <Follow href={`/policies/${encodeURIComponent(name)}`}>{name}</Follow>
              </div>
            )),
          },
          {
            label: "In the audit log",
            value: <Follow href={`/audit?q=${encodeURIComponent(id)}`}>Request {id}</Follow>,
          },
        ]}
      />
      <ExpandableSection headerText="The request as the log keeps it; secrets are hashed">
        <pre className="snippet" tabIndex={0} aria-label="Request">
          {JSON.stringify(sent, null, 2)}
        </pre>
      </ExpandableSection>
    </SpaceBetween>
  );
}
