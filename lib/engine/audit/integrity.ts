import { told, type Decision } from "@/lib/engine/answer";
import { invalidRequest } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";

const DEFAULT_RANGE_MS = 3_600_000;
/** Hashing more than a day takes longer than a request may. */
const RANGE_MAX_MS = 86_400_000;

/**
 * Recomputes the chains of the built-in log over a range, by default the last hour.
 *
 * @throws EngineError `invalid_request`: the range is none, or longer than a day.
 */
export async function checkIntegrity(
  ports: Ports,
  input: { from: Date | undefined; to: Date | undefined },
): Promise<Decision> {
  const to = input.to ?? ports.clock.now();
  const from = input.from ?? new Date(to.getTime() - DEFAULT_RANGE_MS);
  const rangeMs = to.getTime() - from.getTime();
  if (rangeMs < 0) throw invalidRequest("from is later than to");
  if (rangeMs > RANGE_MAX_MS) {
    throw invalidRequest("a range of at most one day is verified at once");
  }
  const { defects, ...report } = await ports.operator.audit.verify(from, to);
  return told({
    from: from.toISOString(),
    to: to.toISOString(),
    intact: defects.length === 0,
    ...report,
    defects,
    verified_at: ports.clock.now().toISOString(),
  });
}
