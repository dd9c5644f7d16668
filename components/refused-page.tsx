"use client";

import { useRouter } from "next/navigation";
import { Page } from "@/components/page";
import { RefusalState } from "@/components/refusal-state";

type Refusal = Parameters<typeof RefusalState>[0]["refusal"];

/** A page that cannot show what it is for. */
export function RefusedPage({
  title,
  what,
  refusal,
  above = [],
}: {
  title: string;
  /** "The roles are not shown." */
  what: string;
  refusal: Refusal;
  above?: readonly { text: string; href: string }[];
}) {
  const router = useRouter();
  return (
    <Page title={title} above={above}>
      <RefusalState what={what} refusal={refusal} onRetry={() => router.refresh()} />
    </Page>
  );
}
