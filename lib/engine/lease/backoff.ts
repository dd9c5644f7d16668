/** Failed attempts after which a lease is shown as irrevocable; it is retried on all the same. */
const ATTEMPTS_BEFORE_IRREVOCABLE = 6;
/** First step of the doubling delay. */
const STEP_SECONDS = 10;
/** Longest wait between two attempts: 15 minutes. */
const DELAY_SECONDS_MAX = 900;
/** Longest text kept of the failure that made a lease irrevocable. */
const IRREVOCABLE_TEXT_MAX = 240;

/**
 * When a failed revocation is tried again: about 20 s after the first failure, then doubling, at
 * most 15 minutes apart. The caller spreads the instants.
 *
 * @param attempt failed attempts so far, this one included; from 1.
 */
export function nextAttempt(
  attempt: number,
  error: string,
): { delaySeconds: number; irrevocable: boolean; text: string } {
  const irrevocable = attempt >= ATTEMPTS_BEFORE_IRREVOCABLE;
  return {
    delaySeconds: Math.min(2 ** Math.min(attempt, 20) * STEP_SECONDS, DELAY_SECONDS_MAX),
    irrevocable,
    text: `out of retries: ${error}`.slice(0, IRREVOCABLE_TEXT_MAX),
  };
}
