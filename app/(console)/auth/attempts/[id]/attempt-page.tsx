"use client";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { AttemptFactList } from "@/app/(console)/auth/attempts/[id]/attempt-facts";
import { AttemptsHelp } from "@/app/(console)/auth/attempts/attempts-help";
import { DryRunDialog } from "@/app/(console)/auth/attempts/dry-run-dialog";
import type { DryRunValues } from "@/app/(console)/auth/attempts/dry-run-fields";
import { FixList } from "@/app/(console)/auth/attempts/fixes";
import { Ago } from "@/components/ago";
import { LoginLadder } from "@/components/login-ladder";
import { Page } from "@/components/page";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import { type AttemptDetail, attemptPath } from "@/lib/console/attempts";
import type { Fixes } from "@/lib/console/attempts-fixes";

/** One login: what refused it, who can mend that how, and what was measured at each check. */
export function AttemptPage({
  attempt,
  fixes,
  mountHref,
  roleHref,
  code,
}: {
  attempt: AttemptDetail;
  fixes: Fixes;
  /** Null: there is none, or it is not told to this operator. */
  mountHref: string | null;
  roleHref: string | null;
  code: Code;
}) {
  const [isTesting, setTesting] = useState(false);
  return (
    <Page
      title={`Login attempt …${attempt.id.slice(-8)}`}
      apiPath={attemptPath(attempt.id)}
      above={[{ text: "Login attempts", href: "/auth/attempts" }]}
      description={<Verdict attempt={attempt} />}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <ShowAsCode code={code} />
          <Button onClick={() => setTesting(true)}>Dry run again</Button>
        </SpaceBetween>
      }
      help={{ title: "A login attempt", content: <AttemptsHelp /> }}
    >
      <SpaceBetween size="l">
        {attempt.result === "refused" && (
          <Container header={<Header variant="h2">How to mend it</Header>}>
            <FixList client={attempt.fix_client} admin={attempt.fix_admin} fixes={fixes} />
          </Container>
        )}
        <Checks attempt={attempt} />
        <AttemptFactList attempt={attempt} mountHref={mountHref} roleHref={roleHref} />
      </SpaceBetween>
      {isTesting && (
        <DryRunDialog
          mountPaths={[attempt.mount_path]}
          begun={sameLogin(attempt)}
          onClose={() => setTesting(false)}
        />
      )}
    </Page>
  );
}

function Checks({ attempt }: { attempt: AttemptDetail }) {
  return (
    <Container
      header={
        <Header variant="h2" description="In the order in which they were made.">
          Checks
        </Header>
      }
    >
      <LoginLadder checks={attempt.checks} />
    </Container>
  );
}

/** Before AWS has vouched for anybody only what was signed can be tried again. */
function sameLogin(attempt: AttemptDetail): Partial<DryRunValues> {
  return {
    mount: attempt.mount_path,
    role: attempt.role,
    kind: attempt.principal === "" ? "payload" : "identity",
    principal: attempt.principal,
    clientAddress: attempt.client_address,
  };
}

function Verdict({ attempt }: { attempt: AttemptDetail }) {
  const { result, sentence, repeats, at, last_at: lastAt } = attempt;
  return (
    <SpaceBetween size="xxs">
      <SpaceBetween direction="horizontal" size="xs">
        <StatusIndicator type={result === "passed" ? "success" : "error"}>{result}</StatusIndicator>
        <Ago at={at} />
      </SpaceBetween>
      <Box variant="p">
        <span className="measured">{sentence === "" ? "It passed every check." : sentence}</span>
      </Box>
      {repeats > 0 && (
        <Box variant="small">
          and {repeats.toLocaleString("en")} more like it, the last <Ago at={lastAt} />
        </Box>
      )}
    </SpaceBetween>
  );
}
