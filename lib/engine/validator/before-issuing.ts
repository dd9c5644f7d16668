import type { IssueContext } from "@/lib/engine/aws-secrets/issue-context";
import { EngineError, isEngineError } from "@/lib/engine/errors";
import { validatorConfigOf } from "@/lib/engine/validator/config";

const TELLING = /DurationSeconds|AccessDenied/;

/**
 * Refuses what AWS is known to refuse, where the mount wants that. AWS is not asked.
 *
 * @throws EngineError `aws_failed` in AWS's own words.
 */
export async function refuseOverLimit(context: IssueContext, roleArn: string): Promise<void> {
  const { ports, scope, durationSeconds } = context;
  const { issuance, mode } = await validatorConfigOf(scope.config, scope.mount.id);
  if (issuance === "pass" || mode === "off") return;
  const limit = await ports.validator.cachedLimit(scope.mount.id, roleArn);
  if (limit === null || durationSeconds <= limit) return;
  throw new EngineError(
    "aws_failed",
    `Error assuming role: ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.\n\tsource: cached limit of ${limit}s`,
  );
}

/** Has a role's target looked at soon where AWS refused for a reason that a look can tell. */
export async function noteRefusal(
  { ports, scope }: IssueContext,
  roleArn: string,
  error: unknown,
): Promise<void> {
  if (!isEngineError(error) || !TELLING.test(error.message)) return;
  if (error.message.includes("source: cached limit")) return;
  await ports.validator.store.ask(scope.mount.id, [roleArn]);
}
