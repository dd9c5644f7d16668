"use client";

import { useRouter } from "next/navigation";
import { Page } from "@/components/page";
import { RefusalState } from "@/components/refusal-state";
import type { Refusal } from "@/lib/console/refusal";

/** The page of a policy whose text may not or cannot be read. */
export function PolicyRefused({ name, refusal }: { name: string; refusal: Refusal }) {
  const router = useRouter();
  return (
    <Page
      title={name}
      apiPath={`sys/policies/acl/${name}`}
      above={[{ text: "Policies", href: "/policies" }]}
    >
      <RefusalState
        what="The policy is not shown."
        refusal={refusal}
        onRetry={() => router.refresh()}
      />
    </Page>
  );
}
