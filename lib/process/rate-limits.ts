import type { Ports } from "@/lib/engine/ports";
import { repeat } from "@/lib/process/repeat";
import { RateLimiter, type RequestHead } from "@/lib/vault-api/rate-limiter";

/** A process that serves nobody else learns of new rules this late. */
const FOLLOW_MS = 2_000;
/** Refusals are logged together: a flood of requests must not become one of entries. */
const LOG_MS = 10_000;

/** Limits of rate for the requests of this process, and the log of what they refused. */
export function startRateLimits(
  ports: Ports,
  clientAddress: (request: RequestHead) => string,
): { limiter: RateLimiter; stop(): void } {
  const limiter = new RateLimiter({
    metrics: ports.metrics,
    clientAddress,
    now: () => performance.now(),
  });
  const follow = async (): Promise<void> => limiter.follow(await ports.extras.snapshot());
  // The database being away is told by every request; here it would only repeat itself.
  const following = repeat(FOLLOW_MS, follow, () => undefined);
  const logging = repeat(
    LOG_MS,
    () => logRefusals(ports, limiter),
    (error) => ports.report("refusals beyond a rate limit could not be logged", error),
  );
  return {
    limiter,
    stop: () => {
      following.stop();
      logging.stop();
    },
  };
}

/** One entry for each client and rule, with how often it was refused since the last. */
export async function logRefusals(
  { commit }: Pick<Ports, "commit">,
  limiter: RateLimiter,
): Promise<void> {
  for (const { rule, clientAddress, count } of limiter.takeRefusals()) {
    await commit([], {
      name: "rate_limit.exceeded",
      path: `sys/quotas/rate-limit/${rule}`,
      detail: { client_address: clientAddress, count },
    });
  }
}
