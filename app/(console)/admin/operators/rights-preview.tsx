"use client";

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";
import { RefusalState } from "@/components/refusal-state";
import { useSettled } from "@/components/settled";
import { rightsQuery } from "@/lib/console/admin-queries";
import type { Rights } from "@/lib/console/admin-rights";
import { ReadRefused } from "@/lib/console/get-json";

const SETTLE_MS = 300;

/** What a login with these policies could do, by the code that judges requests. */
export function RightsPreview({
  policies,
  hasDefault = true,
  isOpen = false,
  title = "What they could do",
}: {
  policies: readonly string[];
  hasDefault?: boolean;
  isOpen?: boolean;
  title?: string;
}) {
  const all = useSettled([...policies, ...(hasDefault ? ["default"] : [])].join(","), SETTLE_MS);
  const names = all.split(",").filter((name) => name !== "");
  const { data, error } = useQuery({ ...rightsQuery(names), enabled: names.length > 0 });
  return (
    <ExpandableSection
      headerText={title}
      defaultExpanded={isOpen}
      headerDescription={summary(data)}
    >
      <SpaceBetween size="s">
        <div>
          Effective policies: <code>{names.join(", ") || "none"}</code>
        </div>
        {data !== undefined && data.missing.length > 0 && (
          <Alert type="warning">
            No policy is stored as {data.missing.join(", ")}: it grants nothing until there is.
          </Alert>
        )}
        {error instanceof ReadRefused && (
          <RefusalState what="What they could do is not shown." refusal={error.refusal} />
        )}
        {data !== undefined && <Tasks of={data} />}
      </SpaceBetween>
    </ExpandableSection>
  );
}

function summary(rights: Rights | undefined): string {
  if (rights === undefined) return "";
  const allowed = rights.tasks.filter((task) => task.allowed).length;
  return `${allowed} of ${rights.tasks.length} things that operators do`;
}

function Tasks({ of: { tasks } }: { of: Rights }) {
  return (
    <SpaceBetween size="xxs">
      {tasks.map(({ task, allowed, by, operation, path }) => (
        <div key={task}>
          {allowed ? (
            <StatusIndicator type="success">{task}</StatusIndicator>
          ) : (
            <StatusIndicator type="stopped">Not: {task.toLowerCase()}</StatusIndicator>
          )}{" "}
          <Box variant="small" display="inline">
            {operation} on <code>{path}</code>
            {by.length > 0 && `, by ${by.join(", ")}`}
          </Box>
        </div>
      ))}
    </SpaceBetween>
  );
}
