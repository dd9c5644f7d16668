"use client";

import type { ReactNode } from "react";
import { RunningJobs } from "@/app/(console)/jobs/running-jobs";
import { Shell, type SignedInOperator } from "@/components/shell";
import { askSession } from "@/lib/console/session-client";

/** The frame of the signed-in pages, with its way to ask about the session. */
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
    <Shell operator={operator} askSession={askSession} isPhone={isPhone}>
      <RunningJobs />
      {children}
    </Shell>
  );
}
