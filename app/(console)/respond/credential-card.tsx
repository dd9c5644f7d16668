"use client";

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown, {
  type ButtonDropdownProps,
} from "@cloudscape-design/components/button-dropdown";
import Container from "@cloudscape-design/components/container";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { revokeLeaseAction } from "@/app/(console)/leases/actions";
import { Freeze, type FreezeTarget } from "@/app/(console)/respond/freeze";
import { Ago } from "@/components/ago";
import { useChange } from "@/components/change";
import { KeyValue } from "@/components/key-value";
import { useNow } from "@/components/now";
import { RefusalState } from "@/components/refusal-state";
import { type Lease, leaseHref } from "@/lib/console/leases";
import {
  isHonoured,
  revokeLabel,
  revokePreview,
  stateSentence,
  typeText,
} from "@/lib/console/leases-words";
import { summaryOf, verdictOf } from "@/lib/console/respond-words";

const REASON = "Stopped under Respond";

/** One credential: whether it works, who holds it, and the button that stops it. */
export function CredentialCard({ lease, whyNotStop }: { lease: Lease; whyNotStop: string }) {
  const now = useNow();
  const queries = useQueryClient();
  const [failure, setFailure] = useState("");
  const [frozen, setFrozen] = useState<FreezeTarget | null>(null);
  const change = useChange(revokeLeaseAction, ({ end, text }) => {
    void queries.invalidateQueries({ queryKey: ["respond"] });
    setFailure(end === "failed" ? text : "");
    return end === "ended";
  });
  const verdict = verdictOf(lease, now);
  const isLive = lease.state !== "ended";
  const stop = (): void => change.run({ leaseId: lease.lease_id, reason: REASON });
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={stateSentence(lease, now)}
          actions={
            <Actions
              lease={lease}
              label={revokeLabel(lease, now)}
              reason={isLive ? whyNotStop : "It has ended."}
              isRunning={change.isRunning}
              onStop={stop}
              onFreeze={setFrozen}
            />
          }
        >
          {lease.access_key_id ?? lease.lease_id}
        </Header>
      }
    >
      <SpaceBetween size="m">
        <Box variant="div">
          <span role="status">
            <StatusIndicator type={verdict.type}>{verdict.text}</StatusIndicator>
          </span>
        </Box>
        {isLive && <Box variant="p">{revokePreview(lease, now).stops}</Box>}
        <Facts lease={lease} />
        {failure !== "" && (
          <Alert type="error" header="Not dead: AWS did not let it be stopped">
            {failure} It is tried again; a freeze keeps its holder from drawing another one.
          </Alert>
        )}
        {change.refusal && (
          <RefusalState what="The credential was not stopped." refusal={change.refusal} />
        )}
        {!isLive && isHonoured(lease, now) && <StillValid lease={lease} />}
      </SpaceBetween>
      {frozen !== null && <Freeze target={frozen} onClose={() => setFrozen(null)} />}
    </Container>
  );
}

/** Why an ended credential may still work, and what would change that. */
function StillValid({ lease }: { lease: Lease }) {
  const mount = lease.mount_accessor;
  return (
    <Alert type="warning" header="AWS still takes this session">
      Its mount does not deny sessions, or it could not.{" "}
      {mount !== null && (
        <Link href={`/secrets/${mount}`}>See how the mount {lease.mount_path} ends sessions</Link>
      )}
    </Alert>
  );
}

function Facts({ lease }: { lease: Lease }) {
  return (
    <KeyValue
      columns={4}
      facts={[
        {
          label: "Lease",
          value: <Link href={leaseHref(lease.lease_id)}>{lease.lease_id}</Link>,
        },
        { label: "Type", value: typeText(lease.credential_type) },
        { label: "Role", value: `${lease.mount_path ?? ""}${lease.role}` },
        { label: "AWS account", value: lease.account },
        { label: "Held by", value: lease.holder },
        { label: "Principal", value: lease.principal },
        { label: "Issued", value: <Ago at={lease.issued_at} /> },
        { label: "Ends at AWS", value: <Ago at={lease.aws_ends_at} never="not by itself" /> },
      ]}
    />
  );
}

type ActionsProps = {
  lease: Lease;
  label: string;
  reason: string;
  isRunning: boolean;
  onStop: () => void;
  onFreeze: (target: FreezeTarget) => void;
};

function Actions({ lease, label, reason, isRunning, onStop, onFreeze }: ActionsProps) {
  const now = useNow();
  const { principal, mount_path: mount, role } = lease;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button
        variant="primary"
        loading={isRunning}
        loadingText="Waiting for AWS"
        disabled={reason !== ""}
        disabledReason={reason}
        onClick={onStop}
      >
        {lease.state === "ended" ? "Stop" : `Stop: ${label}`}
      </Button>
      <ButtonDropdown
        items={moreActions(lease)}
        onItemClick={({ detail }) => {
          if (detail.id === "principal" && principal !== null) onFreeze({ principal });
          if (detail.id === "role" && mount !== null) onFreeze({ mount, role });
        }}
      >
        More
      </ButtonDropdown>
      <CopyToClipboard
        copyButtonText="Copy summary"
        textToCopy={summaryOf(lease, now)}
        copySuccessText="Copied"
        copyErrorText="The browser did not let it be copied"
      />
    </SpaceBetween>
  );
}

/** What else can be done about a credential, and where more is known of it. */
function moreActions(lease: Lease): ButtonDropdownProps.Items {
  const { accessor, principal, mount_path: mount } = lease;
  const noToken = { disabled: accessor === null, disabledReason: "It has no token." };
  const siblings = new URLSearchParams({ accessor: accessor ?? "" }).toString();
  const entries = new URLSearchParams({ q: lease.access_key_id ?? lease.lease_id, from: "-7d" });
  return [
    {
      id: "principal",
      text: "Freeze its principal",
      disabled: principal === null,
      disabledReason: "Its holder is no AWS principal.",
    },
    {
      id: "role",
      text: "Freeze its secrets role",
      disabled: mount === null,
      disabledReason: "The mount is gone.",
    },
    { id: "siblings", text: "Other leases of its token", href: `/leases?${siblings}`, ...noToken },
    {
      id: "token",
      text: "Its token",
      href: `/tokens/${encodeURIComponent(accessor ?? "")}`,
      ...noToken,
    },
    { id: "audit", text: "Open in audit", href: `/audit?${entries.toString()}` },
  ];
}
