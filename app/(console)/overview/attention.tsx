"use client";

import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { usePart } from "@/app/(console)/overview/use-part";
import { Follow } from "@/components/follow-link";
import { figuresOf, type Health } from "@/lib/console/admin-health";
import type { Read } from "@/lib/console/operator";
import { overviewQuery } from "@/lib/console/overview-queries";
import { OVERVIEW_LINKS } from "@/lib/console/overview-links";

type Finding = { id: string; type: "error" | "warning"; text: ReactNode };

/** Whether anything is wrong, in a line each; what could not be asked is said. */
export function Attention() {
  const { data: health, isError } = useQuery(overviewQuery("health"));
  const integrity = usePart("integrity");
  const jobs = usePart("jobs");
  const stuck = usePart("stuck");
  const findings: Finding[] = [
    ...(health?.ok === true ? healthFindings(health.data) : []),
    ...(stuck?.ok === true && stuck.data.failing > 0
      ? [failingRevocations(stuck.data.failing)]
      : []),
    ...(integrity?.ok === true && !integrity.data.intact ? [BROKEN_CHAIN] : []),
    ...(jobs?.ok === true ? jobFindings(jobs.data.jobs) : []),
  ];
  const unasked = unaskedOf(health, isError);
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={<Follow href={OVERVIEW_LINKS.health}>Open health</Follow>}
          {...(findings.length > 0 && { counter: `(${findings.length})` })}
        >
          Is anything wrong
        </Header>
      }
    >
      <SpaceBetween size="xs">
        {findings.map(({ id, type, text }) => (
          <StatusIndicator key={id} type={type} wrapText>
            {text}
          </StatusIndicator>
        ))}
        {findings.length === 0 && unasked === null && <Verdict health={health} />}
        {unasked !== null && (
          <StatusIndicator type="stopped" wrapText>
            {unasked}
          </StatusIndicator>
        )}
      </SpaceBetween>
    </Container>
  );
}

function Verdict({ health }: { health: Read<Health> | undefined }) {
  if (health === undefined) return <StatusIndicator type="loading">Looking</StatusIndicator>;
  return (
    <StatusIndicator type="success" wrapText>
      Nothing that is watched: database, queues, revocations, AWS, clocks, search, audit and jobs.
    </StatusIndicator>
  );
}

function unaskedOf(health: Read<Health> | undefined, isError: boolean): ReactNode {
  if (health?.ok === false) {
    const { capability, path } = health.refusal;
    return (
      <>
        Health is not shown: your policies do not give the capability <code>{capability}</code> on{" "}
        <code>{path}</code>.
      </>
    );
  }
  return isError && health === undefined ? "Health could not be read." : null;
}

function healthFindings(health: Health): Finding[] {
  return figuresOf(health).flatMap(({ id, label, value, verdict }) =>
    verdict === "error" || verdict === "warning"
      ? [
          {
            id,
            type: verdict,
            text: (
              <>
                <Box variant="strong" tagOverride="span">
                  {label}
                </Box>
                : {value}.{" "}
                <Follow
                  href={id === "irrevocable" ? OVERVIEW_LINKS.irrevocable : OVERVIEW_LINKS.health}
                >
                  {id === "irrevocable" ? "Open these leases" : "What to do"}
                </Follow>
              </>
            ),
          },
        ]
      : [],
  );
}

function failingRevocations(count: number): Finding {
  return {
    id: "failing",
    type: "warning",
    text: (
      <>
        <Box variant="strong" tagOverride="span">
          Revocations that fail
        </Box>
        : {count}, tried again by themselves.{" "}
        <Follow href={OVERVIEW_LINKS.revoking}>Open these leases</Follow>
      </>
    ),
  };
}

const BROKEN_CHAIN: Finding = {
  id: "chain",
  type: "error",
  text: (
    <>
      <Box variant="strong" tagOverride="span">
        Audit log
      </Box>
      : entries were changed or are missing.{" "}
      <Follow href={OVERVIEW_LINKS.integrity}>See which</Follow>
    </>
  ),
};

const DAY_MS = 86_400_000;

function jobFindings(
  jobs: readonly { id: string; state: string; failed: number; total: number; created_at: string }[],
): Finding[] {
  const newest = Math.max(0, ...jobs.map((job) => Date.parse(job.created_at)));
  return jobs
    .filter((job) => job.failed > 0 && newest - Date.parse(job.created_at) < DAY_MS)
    .slice(0, 3)
    .map(({ id, failed, total }) => ({
      id,
      type: "warning" as const,
      text: (
        <>
          <Box variant="strong" tagOverride="span">
            Job
          </Box>
          : {failed} of {total} leases could not be ended.{" "}
          <Follow href={`${OVERVIEW_LINKS.jobs}/${id}`}>Open the job</Follow>
        </>
      ),
    }));
}
