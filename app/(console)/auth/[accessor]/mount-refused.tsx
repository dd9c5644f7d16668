"use client";

import { useRouter } from "next/navigation";
import { Page } from "@/components/page";
import { RefusalState } from "@/components/refusal-state";
import type { Refusal } from "@/lib/console/refusal";

/** Any page below a mount that may not be read or is not there. */
export function MountRefused({ refusal }: { refusal: Refusal }) {
  const router = useRouter();
  return (
    <Page title="AWS auth mount" above={[{ text: "AWS auth mounts", href: "/auth" }]}>
      <RefusalState
        what="The auth mount is not shown."
        refusal={refusal}
        onRetry={() => router.refresh()}
      />
    </Page>
  );
}
