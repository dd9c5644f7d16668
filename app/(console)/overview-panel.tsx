"use client";

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";
import { Page } from "@/components/page";
import { overviewQuery } from "@/lib/console/queries";
import type { Overview } from "@/lib/console/overview";

/** What runs here, in numbers that follow what happens. */
export function OverviewPanel({
  initial,
  hasRights,
  isRoot,
}: {
  initial: Overview;
  /** False: the operator's token has the default policy alone. */
  hasRights: boolean;
  isRoot: boolean;
}) {
  const { data, isError } = useQuery({ ...overviewQuery, initialData: initial });
  return (
    <Page
      title="Overview"
      description="AWS identity in, short-lived AWS credentials out, every one accounted for."
    >
      <SpaceBetween size="l">
        {!hasRights && <WithoutRights />}
        {isRoot && <RootAlarm />}
        {isError && (
          <Alert type="warning" header="The server does not answer">
            The numbers below are the last ones it gave. They follow again when it is back.
          </Alert>
        )}
        <LiveCounts overview={data} />
        <Installation overview={data} />
      </SpaceBetween>
    </Page>
  );
}

function WithoutRights() {
  return (
    <Alert type="info" header="You are signed in, and may not do anything yet">
      Your policies give you nothing beside your own session. Ask an administrator for one of{" "}
      <code>admin</code> (configures), <code>on-call</code> (finds and revokes) or{" "}
      <code>auditor</code> (reads the log).
    </Alert>
  );
}

function RootAlarm() {
  return (
    <Alert type="warning" header="You are signed in with a root token">
      It may do everything, and the audit log does not know who you are. Use it to create operators,
      then sign in as one of them.
    </Alert>
  );
}

function LiveCounts({ overview }: { overview: Overview }) {
  return (
    <Container header={<Header variant="h2">Now</Header>}>
      <KeyValuePairs
        columns={4}
        items={[
          { label: "Live leases", value: <Count of={overview.leases} /> },
          { label: "Live tokens", value: <Count of={overview.tokens} /> },
          { label: "Logins, last 15 minutes", value: <Count of={overview.recentLogins} /> },
          { label: "Audit entries", value: <Count of={overview.auditEntries} /> },
        ]}
      />
    </Container>
  );
}

function Installation({ overview }: { overview: Overview }) {
  return (
    <Container header={<Header variant="h2">This installation</Header>}>
      <KeyValuePairs
        columns={4}
        items={[
          { label: "Status", value: <Status overview={overview} /> },
          { label: "Version", value: overview.version },
          { label: "Mounts", value: overview.mounts },
          {
            label: "Database",
            value: overview.embeddedDatabase
              ? "Postgres that came with it"
              : "Postgres of your own",
          },
        ]}
      />
    </Container>
  );
}

function Status({ overview }: { overview: Overview }) {
  if (!overview.initialized) {
    return <StatusIndicator type="pending">Waiting for vault operator init</StatusIndicator>;
  }
  return overview.sealed ? (
    <StatusIndicator type="error">Sealed</StatusIndicator>
  ) : (
    <StatusIndicator type="success">Ready</StatusIndicator>
  );
}

function Count({ of }: { of: number }) {
  return (
    <Box variant="awsui-value-large" tagOverride="span">
      {of.toLocaleString("en")}
    </Box>
  );
}
