"use client";

import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { ArnReading } from "@/lib/console/arn-reading";

/** What each pasted text is and would bind, or what can be bound instead of it. */
export function ArnReadings({
  readings,
  onTake,
}: {
  readings: readonly { text: string; reading: ArnReading }[];
  onTake: (wrong: string, arn: string) => void;
}) {
  return (
    <div aria-live="polite">
      <SpaceBetween size="s">
        {readings.map(({ text, reading }) =>
          reading.state === "binds" ? (
            <div key={text}>
              <StatusIndicator type="success">{reading.what}</StatusIndicator>
              <div>{reading.matches}</div>
              {reading.note !== "" && <div className="dim">{reading.note}</div>}
            </div>
          ) : (
            <div key={text}>
              <StatusIndicator type="error">
                {text} is {reading.what}
              </StatusIndicator>
              <div>{reading.why}</div>
              {reading.corrections.map(({ arn, label }) => (
                <div key={arn}>
                  <Button variant="inline-link" formAction="none" onClick={() => onTake(text, arn)}>
                    Take {arn}
                  </Button>{" "}
                  ({label})
                </div>
              ))}
            </div>
          ),
        )}
      </SpaceBetween>
    </div>
  );
}
