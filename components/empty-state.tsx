"use client";

import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";

/**
 * Nothing to show: for the first time (a sentence, an action, a snippet to try), or because of filters
 * (the action takes the last one away).
 */
export function EmptyState({
  title,
  children,
  action,
  snippet,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  snippet?: string;
}) {
  return (
    <Box textAlign="center" color="inherit" margin={{ vertical: "s" }}>
      <SpaceBetween size="s">
        <Box variant="strong" textAlign="center" color="inherit">
          {title}
        </Box>
        {children !== undefined && (
          <Box variant="p" color="inherit">
            {children}
          </Box>
        )}
        {snippet !== undefined && <pre className="snippet">{snippet}</pre>}
        {action}
      </SpaceBetween>
    </Box>
  );
}
