"use client";

import Link from "@cloudscape-design/components/link";
import type { ReactNode } from "react";
import { useFollow } from "@/components/follow";

/** A link to another page of the console. */
export function Follow({ href, children }: { href: string; children: ReactNode }) {
  const follow = useFollow();
  return (
    <Link href={href} onFollow={follow}>
      {children}
    </Link>
  );
}
