"use client";

import Alert from "@cloudscape-design/components/alert";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { FixList } from "@/app/(console)/auth/attempts/fixes";
import type { Tested } from "@/app/(console)/auth/attempts/actions";
import { LoginLadder } from "@/components/login-ladder";

/** Whether the login would pass, and if not what to do. */
export function DryRunResult({ tested: { run, fixes } }: { tested: Tested }) {
  return (
    <SpaceBetween size="m">
      {run.would_pass ? (
        <Alert type="success" header="This login would pass">
          No token was given out. What only a real login finds out is marked as not asked.
        </Alert>
      ) : (
        <Alert type="error" header="This login would be refused">
          <span className="measured">{run.sentence}</span>
        </Alert>
      )}
      {run.notes.map((note) => (
        <Alert key={note} type="warning">
          <span className="measured">{note}</span>
        </Alert>
      ))}
      {!run.would_pass && <FixList client={run.fix_client} admin={run.fix_admin} fixes={fixes} />}
      <LoginLadder checks={run.checks} />
    </SpaceBetween>
  );
}
