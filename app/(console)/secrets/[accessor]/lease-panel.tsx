"use client";

import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useState } from "react";
import { ActionModal } from "@/components/action-modal";
import { writeLeaseConfigAction } from "@/app/(console)/secrets/actions";
import { TtlField } from "@/components/ttl-field";
import { useChange } from "@/components/change";
import { KeyValue } from "@/components/key-value";
import { ObjectPath } from "@/components/object-path";
import { RefusalState } from "@/components/refusal-state";
import { Ttl } from "@/components/ttl";
import { parseTtl, ttlText } from "@/lib/console/lifetime";
import type { Read } from "@/lib/console/operator";
import type { AwsMount, LeaseConfig, MountTtls } from "@/lib/console/secrets-mounts";

/** How long the access keys of IAM users live; sessions follow their role. */
export function LeasePanel({
  mount,
  lease,
  ttls,
}: {
  mount: AwsMount;
  lease: Read<LeaseConfig | null>;
  ttls: MountTtls;
}) {
  const [isOpen, setOpen] = useState(false);
  if (!lease.ok) {
    return <RefusalState what="The lease defaults are not shown." refusal={lease.refusal} />;
  }
  const seconds = parseTtl(lease.data?.lease ?? "") ?? 0;
  const maxSeconds = parseTtl(lease.data?.lease_max ?? "") ?? 0;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={
            <>
              How long credentials of IAM users live. Sessions of AWS follow their role instead.
              <br />
              <ObjectPath path={`${mount.path}config/lease`} />
            </>
          }
          actions={<Button onClick={() => setOpen(true)}>Change lease defaults</Button>}
        >
          Lease defaults
        </Header>
      }
    >
      <KeyValue
        facts={[
          {
            label: "First lease",
            value: <Ttl seconds={seconds || (ttls.defaultSeconds ?? 0)} {...whose(seconds)} />,
          },
          {
            label: "At most, with renewals",
            value: <Ttl seconds={maxSeconds || (ttls.maxSeconds ?? 0)} {...whose(maxSeconds)} />,
          },
        ]}
      />
      {isOpen && (
        <LeaseForm
          mount={mount}
          initial={{ lease: ttlText(seconds), leaseMax: ttlText(maxSeconds) }}
          onClose={() => setOpen(false)}
        />
      )}
    </Container>
  );
}

/** Unset: the TTLs of the mount hold. */
function whose(seconds: number): { limit?: string } {
  return seconds === 0 ? { limit: "as the mount" } : {};
}

function LeaseForm({
  mount,
  initial,
  onClose,
}: {
  mount: AwsMount;
  initial: { lease: string; leaseMax: string };
  onClose: () => void;
}) {
  const change = useChange(writeLeaseConfigAction, () => {
    onClose();
    return true;
  });
  const [form, setForm] = useState(initial);
  const { fields } = change;
  return (
    <ActionModal
      title={`Lease defaults of ${mount.path}`}
      label="Change lease defaults"
      refusedText="The lease defaults were not changed."
      change={change}
      canRun={parseTtl(form.lease) !== null && parseTtl(form.leaseMax) !== null}
      onRun={() => change.run({ mount: mount.path, ...form })}
      onClose={onClose}
    >
      <TtlField
        label="First lease"
        empty="the mount's default TTL"
        value={form.lease}
        seconds={parseTtl(form.lease)}
        errorText={fields["lease"]}
        onChange={(lease) => setForm({ ...form, lease })}
      />
      <TtlField
        label="At most, with renewals"
        empty="the mount's maximum TTL"
        value={form.leaseMax}
        seconds={parseTtl(form.leaseMax)}
        onChange={(leaseMax) => setForm({ ...form, leaseMax })}
      />
    </ActionModal>
  );
}
