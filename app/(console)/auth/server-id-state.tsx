"use client";

import StatusIndicator from "@cloudscape-design/components/status-indicator";

/** Whether logins have to be signed for this server. Null: not told to this operator. */
export function ServerIdState({ serverId }: { serverId: string | null }) {
  if (serverId === null) return <StatusIndicator type="info">Not shown to you</StatusIndicator>;
  return serverId === "" ? (
    <StatusIndicator type="warning">Not enforced</StatusIndicator>
  ) : (
    <StatusIndicator type="success">{serverId}</StatusIndicator>
  );
}
