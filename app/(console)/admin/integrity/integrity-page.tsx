"use client";

import SpaceBetween from "@cloudscape-design/components/space-between";
import { useRouter } from "next/navigation";
import { CheckpointPanel } from "@/app/(console)/admin/integrity/checkpoint-panel";
import { VerifyPanel } from "@/app/(console)/admin/integrity/verify-panel";
import { OfflinePanel } from "@/app/(console)/admin/integrity/offline-panel";
import { Page } from "@/components/page";
import { RefusalState } from "@/components/refusal-state";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import { type Integrity, INTEGRITY_PATH } from "@/lib/console/admin-integrity";
import type { Read } from "@/lib/console/operator";

/** What proves that the audit log is whole, and how to prove it without trusting this server. */
export function IntegrityPage({ initial, code }: { initial: Read<Integrity>; code: Code }) {
  const router = useRouter();
  return (
    <Page
      title="Audit integrity"
      apiPath={INTEGRITY_PATH}
      description="Entries are chained by hash, and where every chain stands is signed every 10 seconds or 1,000 entries."
      actions={<ShowAsCode code={code} />}
    >
      {initial.ok ? (
        <SpaceBetween size="l">
          <VerifyPanel initial={initial.data} />
          <CheckpointPanel last={initial.data.last_checkpoint} />
          <OfflinePanel last={initial.data.last_checkpoint} />
        </SpaceBetween>
      ) : (
        <RefusalState
          what="Whether the log is whole is not shown."
          refusal={initial.refusal}
          onRetry={() => router.refresh()}
        />
      )}
    </Page>
  );
}
