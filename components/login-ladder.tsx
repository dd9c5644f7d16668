"use client";

import Box from "@cloudscape-design/components/box";
import Steps, { type StepsProps } from "@cloudscape-design/components/steps";

/** One check of a login; see lib/console/attempts.ts. */
type Check = {
  step: string;
  title: string;
  result: "passed" | "failed" | "not_reached" | "not_asked";
  measured: string;
};

const RESULTS: Readonly<Record<Check["result"], { icon: StepsProps.Status; word: string }>> = {
  passed: { icon: "success", word: "passed" },
  failed: { icon: "error", word: "failed" },
  not_reached: { icon: "pending", word: "not reached" },
  not_asked: { icon: "stopped", word: "not asked" },
};

/** The checks of a login in their order: how each went, in a word, and what was measured. */
export function LoginLadder({ checks }: { checks: readonly Check[] }) {
  return (
    <Steps
      ariaLabel="Checks of the login, in order"
      steps={checks.map(({ title, result, measured }) => ({
        status: RESULTS[result].icon,
        statusIconAriaLabel: RESULTS[result].word,
        header: <Title title={title} result={result} />,
        details: measured === "" ? undefined : <span className="measured">{measured}</span>,
      }))}
    />
  );
}

function Title({ title, result }: Pick<Check, "title" | "result">) {
  const { word } = RESULTS[result];
  return result === "failed" ? (
    <Box variant="strong">
      <span className="measured">
        {title}: {word}
      </span>
    </Box>
  ) : (
    <span className="measured">
      {title}: {word}
    </span>
  );
}
