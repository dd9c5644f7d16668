"use client";

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { Attention } from "@/app/(console)/overview/attention";
import { AnswersTile } from "@/app/(console)/overview/answers-tile";
import { ChangesTile } from "@/app/(console)/overview/changes-tile";
import { FirstStepsList } from "@/app/(console)/overview/first-steps-list";
import { IntegrityTile } from "@/app/(console)/overview/integrity-tile";
import { JobsTile } from "@/app/(console)/overview/jobs-tile";
import { LeasesTile } from "@/app/(console)/overview/leases-tile";
import { RefusedTile } from "@/app/(console)/overview/refused-tile";
import { StuckTile } from "@/app/(console)/overview/stuck-tile";
import { Page } from "@/components/page";
import { usePreferences } from "@/components/preferences";
import type { Read } from "@/lib/console/operator";
import type { Overview } from "@/lib/console/overview";
import { isFirstRun } from "@/lib/console/overview-first-steps";
import { overviewQuery } from "@/lib/console/overview-queries";

/** Whether anything is wrong, and what changed; on a new installation, what to do first. */
export function OverviewPage({
  initial,
  isRoot,
}: {
  /** Null: the operator's token has the default policy alone. */
  initial: Read<Overview> | null;
  isRoot: boolean;
}) {
  return (
    <Page
      title="Overview"
      contentType="dashboard"
      apiPath="sys/leasehold/overview"
      description="AWS identity in, short-lived AWS credentials out, every one accounted for."
    >
      <SpaceBetween size="l">
        {isRoot && <RootAlarm />}
        {initial === null ? <WithoutRights /> : <Parts initial={initial} />}
      </SpaceBetween>
    </Page>
  );
}

function Parts({ initial }: { initial: Read<Overview> }) {
  const { preferences, change } = usePreferences();
  const isNew = initial.ok && isFirstRun(initial.data.first_steps);
  const { data, isError } = useQuery({
    ...overviewQuery("overview", { isFirstSteps: isNew }),
    initialData: initial,
  });
  const steps = data.ok && isFirstRun(data.data.first_steps) ? data.data.first_steps : null;
  if (steps !== null && preferences.firstSteps === "shown") {
    return <FirstStepsList steps={steps} onHide={() => change({ firstSteps: "hidden" })} />;
  }
  return (
    <SpaceBetween size="l">
      {isError && <Unanswered />}
      {steps !== null && (
        <Button onClick={() => change({ firstSteps: "shown" })}>Show the first steps</Button>
      )}
      <Attention />
      <div className="tiles">
        <LeasesTile overview={data} />
        <AnswersTile overview={data} what="issues" />
        <AnswersTile overview={data} what="logins" />
      </div>
      <RefusedTile />
      <div className="tiles">
        <StuckTile />
        <JobsTile />
        <IntegrityTile />
      </div>
      <ChangesTile />
    </SpaceBetween>
  );
}

function Unanswered() {
  return (
    <Alert type="warning" header="The server does not answer">
      What is shown is the last that it told. It follows again when it is back.
    </Alert>
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
