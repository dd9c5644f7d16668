import { setTimeout as pauseFor } from "node:timers/promises";
import { PLANS } from "@/lib/demo/plans";
import { type FleetEvent, Workload } from "@/lib/demo/workload";

/** Between the first rounds of two machines. */
const STAGGER_MS = 700;
/** Rounds are up to a fifth longer or shorter, so that machines do not march in step. */
const JITTER = 0.2;

export type FleetCounts = Readonly<Partial<Record<FleetEvent, number>>>;

export type Fleet = {
  /** How often each thing happened so far. */
  counts(): FleetCounts;
  /** Lets rounds that run finish. */
  stop(): Promise<void>;
};

export type FleetOptions = {
  url: string;
  simulatorUrl: string;
  /** Told of what is no plain refusal; the machine goes on with its next round. */
  report: (machine: string, error: unknown) => void;
  /** 1 if not given; a test makes it faster. */
  pace?: number;
};

/** Starts the machines of the demo; each goes its own rounds until they are stopped. */
export function startFleet({ url, simulatorUrl, report, pace = 1 }: FleetOptions): Fleet {
  const counts: Partial<Record<FleetEvent, number>> = {};
  const count = (event: FleetEvent): void => {
    counts[event] = (counts[event] ?? 0) + 1;
  };
  const stopping = new AbortController();
  const pause = (ms: number): Promise<void> =>
    pauseFor(ms / pace, undefined, { signal: stopping.signal }).catch(() => undefined);

  const run = async (workload: Workload, index: number): Promise<void> => {
    await pause(index * STAGGER_MS);
    while (!stopping.signal.aborted) {
      try {
        await workload.round();
      } catch (error) {
        report(workload.plan.name, error);
      }
      await pause(workload.plan.roundSeconds * 1000 * (1 + JITTER * (2 * Math.random() - 1)));
    }
  };
  const running = PLANS.map((plan, index) =>
    run(new Workload(plan, { url, simulatorUrl, count }), index),
  );
  return {
    counts: () => ({ ...counts }),
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
}
