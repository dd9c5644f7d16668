"use client";

import { useRouter } from "next/navigation";
import { useCallback } from "react";

type FollowEvent = {
  detail: { href?: string | undefined; external?: boolean | undefined };
  preventDefault(): void;
};

/** For `onFollow` of Cloudscape's links: goes to another page of the console without loading it anew. */
export function useFollow(): (event: FollowEvent) => void {
  const router = useRouter();
  return useCallback(
    (event) => {
      const { href, external } = event.detail;
      if (href === undefined || !href.startsWith("/") || external === true) return;
      event.preventDefault();
      router.push(href);
    },
    [router],
  );
}
