"use client";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Header from "@cloudscape-design/components/header";
import LiveRegion from "@cloudscape-design/components/live-region";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useSyncExternalStore } from "react";
import { useFollow } from "@/components/follow";
import type { FirstSteps } from "@/lib/console/overview";
import { type FirstStep, firstStepsOf } from "@/lib/console/overview-first-steps";

/** From an empty installation to its first credential; each step is ticked when it has happened. */
export function FirstStepsList({ steps, onHide }: { steps: FirstSteps; onHide: () => void }) {
  const address = useSyncExternalStore(
    never,
    () => window.location.origin,
    () => "",
  );
  const all = firstStepsOf(steps, address);
  const done = all.filter(({ isDone }) => isDone).length;
  const next = all.find(({ isDone }) => !isDone);
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={`(${done} of ${all.length})`}
          description="Each is ticked when it has happened, here or by the API. Then this page shows what runs."
          actions={<Button onClick={onHide}>Hide the first steps</Button>}
        >
          First steps
        </Header>
      }
    >
      <LiveRegion hidden>{`${done} of ${all.length} steps done`}</LiveRegion>
      <ol className="steps">
        {all.map((step) => (
          <li key={step.id} aria-current={step === next ? "step" : undefined}>
            <Step step={step} isNext={step === next} />
          </li>
        ))}
      </ol>
    </Container>
  );
}

function never(): () => void {
  return () => undefined;
}

function Step({ step, isNext }: { step: FirstStep; isNext: boolean }) {
  const follow = useFollow();
  const { title, text, isDone, action, snippet } = step;
  return (
    <SpaceBetween size="xs">
      <Box variant="h3">
        {title} <State isDone={isDone} isNext={isNext} />
      </Box>
      {!isDone && (
        <>
          <Box>{text}</Box>
          <pre className="snippet" tabIndex={0} aria-label={`Commands: ${title}`}>
            {snippet}
          </pre>
          <SpaceBetween direction="horizontal" size="xs">
            {action !== null && (
              <Button href={action.href} onFollow={follow} variant={isNext ? "primary" : "normal"}>
                {action.text}
              </Button>
            )}
            <CopyToClipboard
              copyButtonText="Copy"
              copyButtonAriaLabel={`Copy commands: ${title}`}
              textToCopy={snippet}
              copySuccessText="Copied"
              copyErrorText="The browser did not let it be copied"
            />
          </SpaceBetween>
        </>
      )}
    </SpaceBetween>
  );
}

function State({ isDone, isNext }: { isDone: boolean; isNext: boolean }) {
  if (isDone) return <StatusIndicator type="success">Done</StatusIndicator>;
  return (
    <StatusIndicator type={isNext ? "in-progress" : "pending"}>
      {isNext ? "Next" : "To do"}
    </StatusIndicator>
  );
}
