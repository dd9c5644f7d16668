"use client";

import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { CopyId } from "@/components/copy-id";

/** Where a monitoring system reads the same, and more, by itself. */
export function MetricsAddress({ url }: { url: string }) {
  return (
    <Container header={<Header variant="h2">For monitoring</Header>}>
      <SpaceBetween size="s">
        <div>
          Metrics for Prometheus: <CopyId value={url} what="metrics address" />
        </div>
        <div>
          It takes a token whose policies give <code>read</code> on <code>sys/metrics</code>. Each
          instance tells of itself, so read each; a balancer would answer by turns.
        </div>
      </SpaceBetween>
    </Container>
  );
}
