/** Ctrl-C ends what was started, Postgres in its own process group too. */
export function whenInterrupted(stop: () => Promise<void>): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      const leave = (): never => process.exit(130);
      stop().then(leave, leave);
    });
  }
}
