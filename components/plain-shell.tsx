"use client";

import AppLayout from "@cloudscape-design/components/app-layout";
import type { ReactNode } from "react";
import { useNarrowLayout } from "@/components/narrow";
import { HEADER_ID } from "@/components/shell";
import { TopBar } from "@/components/top-bar";

/** The frame of a page that nobody needs to be signed in for. */
export function PlainShell({ children }: { children: ReactNode }) {
  useNarrowLayout();
  return (
    <>
      <div id={HEADER_ID} className="top">
        <TopBar />
      </div>
      <AppLayout
        headerSelector={`#${HEADER_ID}`}
        navigationHide
        toolsHide
        content={children}
        ariaLabels={{ notifications: "Notifications" }}
      />
    </>
  );
}
