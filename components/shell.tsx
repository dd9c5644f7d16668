"use client";

import AppLayout from "@cloudscape-design/components/app-layout";
import TopNavigation from "@cloudscape-design/components/top-navigation";
import type { ReactNode } from "react";

const HEADER_ID = "header";

/** The frame of every page. */
export function Shell({ children }: { children: ReactNode }) {
  return (
    <>
      <div id={HEADER_ID}>
        <TopNavigation identity={{ href: "/", title: "Leasehold" }} />
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
