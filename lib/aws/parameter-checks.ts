import { AwsFailure } from "@/lib/engine/aws-failure";

/** A value with the least that AWS takes; undefined values are not sent and not checked. */
export type ParameterCheck =
  | { field: string; text: string | undefined; sizeMin: number }
  | { field: string; number: number; valueMin: number };

/**
 * Checks what the SDK's first version checked before it sent anything: callers know these texts.
 * `checks` come in the order they are reported, plain fields by name, lists behind them.
 *
 * @throws AwsFailure `InvalidParameter` that lists every violation; AWS is not called.
 */
export function checkParameters(input: string, checks: readonly ParameterCheck[]): void {
  const problems = checks.map(problemOf).filter((problem) => problem !== null);
  if (problems.length === 0) return;
  const lines = problems.map((problem) => `- ${problem.text}, ${input}.${problem.field}.\n`);
  throw new AwsFailure(
    `InvalidParameter: ${problems.length} validation error(s) found.\n${lines.join("")}`,
    {
      code: "InvalidParameter",
      status: null,
      throttled: false,
      outcomeUnknown: false,
      firstAttemptAt: null,
    },
  );
}

function problemOf(check: ParameterCheck): { field: string; text: string } | null {
  if ("number" in check) {
    if (check.number >= check.valueMin) return null;
    return { field: check.field, text: `minimum field value of ${check.valueMin}` };
  }
  if (check.text === undefined || Buffer.byteLength(check.text) >= check.sizeMin) return null;
  return { field: check.field, text: `minimum field size of ${check.sizeMin}` };
}
