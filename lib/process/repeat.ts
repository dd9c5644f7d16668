/**
 * Runs `step` again and again, `pauseMs` after the last run ended, until it is told to stop. A failure
 * is told and does not end it. Nothing keeps the process alive.
 */
export function repeat(
  pauseMs: number,
  step: () => Promise<void>,
  onError: (error: unknown) => void,
): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const run = async (): Promise<void> => {
    try {
      await step();
    } catch (error) {
      onError(error);
    }
    schedule();
  };
  const schedule = (): void => {
    if (!stopped) timer = setTimeout(() => void run(), pauseMs).unref();
  };
  schedule();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
