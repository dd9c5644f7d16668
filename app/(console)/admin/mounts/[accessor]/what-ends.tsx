"use client";

import Alert from "@cloudscape-design/components/alert";
import type { ReactNode } from "react";
import type { MountFacts } from "@/app/(console)/admin/mounts/[accessor]/mount-page";

/** What stops working when a mount is moved or disabled, counted as of when the page was read. */
export function WhatEnds({
  mount,
  affected,
  isOwnDoor,
  children,
}: MountFacts & { children?: ReactNode }) {
  return (
    <Alert type="warning" header="What stops working">
      <ul>
        {affected.leases !== undefined && (
          <li>
            {countText(affected.leases, "live lease")}, revoked first. IAM users behind them are
            deleted at AWS; sessions of AWS stay valid until they end.
          </li>
        )}
        {affected.tokens !== undefined && (
          <li>{countText(affected.tokens, "live token")}, and the leases below them.</li>
        )}
        <li>
          Requests and policies that name <code>{mount.fullPath}</code>.
        </li>
        {children}
        {isOwnDoor && <li>Your own session: you came in through this mount.</li>}
      </ul>
    </Alert>
  );
}

export function countText(count: string | null | undefined, what: string): string {
  if (count === null || count === undefined) {
    return `Its ${what}s (how many, your policies do not tell you)`;
  }
  return `${count} ${what}${count === "1" ? "" : "s"}`;
}
