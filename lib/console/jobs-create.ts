import { JOBS_PATH } from "@/lib/console/jobs";
import { Refused, type Operator } from "@/lib/console/operator";

/**
 * Makes a job, or a preview of one, or has one tried again (`below` its path).
 *
 * @throws Refused by the capability that these paths need, which is never `update`.
 */
export async function createJob(
  operator: Operator,
  body: Readonly<Record<string, unknown>>,
  below = "",
): Promise<unknown> {
  try {
    return await operator.call({ method: "POST", path: `${JOBS_PATH}${below}`, body });
  } catch (error) {
    if (!(error instanceof Refused) || error.refusal.kind !== "forbidden") throw error;
    throw new Refused({ ...error.refusal, capability: "create" });
  }
}
