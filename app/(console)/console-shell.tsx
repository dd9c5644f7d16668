"use client";

import type { ReactNode } from "react";
import { RunningJobs } from "@/app/(console)/jobs/running-jobs";
import { Degraded } from "@/app/(console)/overview/degraded";
import { Shell, type SignedInOperator } from "@/components/shell";
import { findText } from "@/lib/console/find-client";
import { secretIn } from "@/lib/console/find-text";
import { askSession } from "@/lib/console/session-client";

const PALETTE = { find: findText, secretIn };

/** The frame of the signed-in pages, with its ways to ask about the session and to find things. */
export function ConsoleShell({
  operator,
  isPhone,
  children,
}: {
  operator: SignedInOperator;
  isPhone: boolean;
  children: ReactNode;
}) {
  return (
    <Shell
      operator={operator}
      askSession={askSession}
      isPhone={isPhone}
      palette={PALETTE}
      banner={<Degraded />}
    >
      <RunningJobs />
      {children}
    </Shell>
  );
}
