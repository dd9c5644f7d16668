"use client";

import Box from "@cloudscape-design/components/box";
import { CopyId } from "@/components/copy-id";

/** The API path of what a page shows: what policies name and scripts call. */
export function ObjectPath({ path }: { path: string }) {
  return (
    <Box variant="span">
      API path <CopyId value={path} what="API path" />
    </Box>
  );
}
