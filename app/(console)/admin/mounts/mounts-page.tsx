"use client";

import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { EnableMount } from "@/app/(console)/admin/mounts/enable-mount";
import { MountTable } from "@/app/(console)/admin/mounts/mount-table";
import { Page } from "@/components/page";
import { RefusalState } from "@/components/refusal-state";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import { useUrlState } from "@/components/url-state";
import type { AnyMount, MountClass } from "@/lib/console/admin-mounts";
import type { Read } from "@/lib/console/operator";

const KINDS = [
  ["secret", "Secrets engines", "The secrets engines are not shown."],
  ["auth", "Auth methods", "The auth methods are not shown."],
] as const;

/** Everything that answers below a path of its own. */
export function MountsPage({
  secret,
  auth,
  code,
}: Record<MountClass, Read<AnyMount[]>> & { code: Code }) {
  const router = useRouter();
  const [q, setQ] = useUrlState("q");
  const [enabling, setEnabling] = useState<MountClass | null>(null);
  const reads = { secret, auth };
  return (
    <Page
      title="Mounts"
      apiPath="sys/mounts"
      description="Secrets engines and auth methods, each below a path of its own; auth methods are listed at sys/auth."
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <ShowAsCode code={code} />
          <Button onClick={() => setEnabling("auth")}>Enable auth method</Button>
          <Button variant="primary" onClick={() => setEnabling("secret")}>
            Enable secrets engine
          </Button>
        </SpaceBetween>
      }
      help={{ title: "Mounts", content: <Help /> }}
    >
      <SpaceBetween size="l">
        {(secret.ok || auth.ok) && (
          <TextFilter
            filteringText={q}
            filteringPlaceholder="Find by path, type, description or accessor"
            filteringAriaLabel="Find mounts"
            onChange={({ detail }) => setQ(detail.filteringText)}
          />
        )}
        {KINDS.map(([of, title, what]) => {
          const read = reads[of];
          return read.ok ? (
            <MountTable key={of} title={title} mounts={read.data} q={q} onClear={() => setQ("")} />
          ) : (
            <RefusalState
              key={of}
              what={what}
              refusal={read.refusal}
              onRetry={() => router.refresh()}
            />
          );
        })}
      </SpaceBetween>
      {enabling !== null && <EnableMount mountClass={enabling} onClose={() => setEnabling(null)} />}
    </Page>
  );
}

function Help() {
  return (
    <>
      <p>
        A secrets engine hands out credentials under leases. An auth method lets somebody in and
        hands out tokens.
      </p>
      <p>
        Moving or disabling a mount ends what it handed out. Tuning changes what is handed out from
        then on.
      </p>
    </>
  );
}
