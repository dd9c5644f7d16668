"use client";

import { CopyId } from "@/components/copy-id";

/** The API path of what a page shows: what policies name and scripts call. */
export function ObjectPath({ path }: { path: string }) {
  return (
    <span className="object-path">
      API path <CopyId value={path} what="API path" />
    </span>
  );
}
