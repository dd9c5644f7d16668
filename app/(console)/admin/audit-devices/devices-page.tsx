"use client";

import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { DeviceTable } from "@/app/(console)/admin/audit-devices/device-table";
import { DisableDevice } from "@/app/(console)/admin/audit-devices/disable-device";
import { EnableDevice } from "@/app/(console)/admin/audit-devices/enable-device";
import { TestDevice } from "@/app/(console)/admin/audit-devices/test-device";
import { Page } from "@/components/page";
import { RefusalState } from "@/components/refusal-state";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import type { AuditDevice, DeviceStates } from "@/lib/console/admin-devices";
import type { Read } from "@/lib/console/operator";

export type Doing = { what: "disable" | "test"; device: AuditDevice };

/** Where audit entries go: the built-in log always, and what is enabled beside it. */
export function DevicesPage({
  devices,
  states,
  code,
}: {
  devices: Read<AuditDevice[]>;
  states: Read<DeviceStates>;
  code: Code;
}) {
  const router = useRouter();
  const [isEnabling, setEnabling] = useState(false);
  const [doing, setDoing] = useState<Doing | null>(null);
  const close = () => setDoing(null);
  return (
    <Page
      title="Audit devices"
      apiPath="sys/audit"
      description="Where audit entries go: to the built-in log always, and to what is enabled beside it."
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <ShowAsCode code={code} />
          <Button variant="primary" onClick={() => setEnabling(true)}>
            Enable audit device
          </Button>
        </SpaceBetween>
      }
      help={{ title: "Audit devices", content: <Help /> }}
    >
      <SpaceBetween size="l">
        {!devices.ok && (
          <RefusalState
            what="Devices beside the built-in log are not shown."
            refusal={devices.refusal}
            onRetry={() => router.refresh()}
          />
        )}
        {!states.ok && (
          <RefusalState
            what="How the devices do is not shown."
            refusal={states.refusal}
            onRetry={() => router.refresh()}
          />
        )}
        <DeviceTable
          devices={devices.ok ? devices.data : []}
          states={states.ok ? states.data : null}
          onDo={setDoing}
        />
      </SpaceBetween>
      {isEnabling && (
        <EnableDevice
          folders={states.ok ? states.data.folders : null}
          onClose={() => setEnabling(false)}
        />
      )}
      {doing?.what === "test" && <TestDevice device={doing.device} onClose={close} />}
      {doing?.what === "disable" && <DisableDevice device={doing.device} onClose={close} />}
    </Page>
  );
}

function Help() {
  return (
    <>
      <p>
        The built-in log is what a request’s success rests on: entry and effect are one commit. It
        cannot be disabled, by anybody.
      </p>
      <p>
        A device comes after. What it cannot take waits for it, up to a bound, and requests go on: a
        full disk does not stop logins. What it lost is in the built-in log.
      </p>
    </>
  );
}
