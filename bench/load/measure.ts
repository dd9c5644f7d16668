import { type Answer, HttpConnection, type Sent } from "@/bench/rig/http-connection";
import { usageOf } from "@/bench/rig/usage";
import type { Target } from "@/bench/load/installation";
import type { Fleet, Operation } from "@/bench/load/operations";

const WARM_UP_MS = 2_000;
/** The content of one answer in so many is looked at; the status of all. */
const CONTENT_CHECK_EVERY = 7;
/** Connections of an open loop: what waits longer than this many fill is late. */
const OPEN_CONNECTIONS = 256;

export type Load = {
  seconds: number;
  /** Callers that each send the next request when the last was answered… */
  concurrency: number;
  /** …or requests a second that arrive whatever happens. */
  perSecond?: number;
};

/** Latencies from the moment a request was to be sent to the last byte of its answer. */
export type Measured = {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  requests: number;
  errors: number;
  firstError: string | null;
  /** Processor time for each request, by process. */
  cpuMs: { server: number; postgres: number; stub: number; generator: number };
};

type Tally = { latencies: number[]; errors: number; firstError: string | null };

/** Puts load on a server, first without counting, then for `seconds`. */
export async function measure(
  target: Target,
  { operation, fleet }: { operation: Operation; fleet: Fleet },
  load: Load,
): Promise<Measured> {
  await operation.prepare?.(target, fleet);
  const run = load.perSecond === undefined ? closedLoop : openLoop;
  const source = requestsOf(operation, fleet);
  if (!operation.finite) await run(target.url, source, { ...load, forMs: WARM_UP_MS });
  const before = cpuOf(target);
  const began = performance.now();
  const tally = await run(target.url, source, { ...load, forMs: load.seconds * 1000 });
  const seconds = (performance.now() - began) / 1000;
  const after = cpuOf(target);
  const requests = tally.latencies.length;
  const share = (name: keyof typeof after) => (after[name] - before[name]) / Math.max(1, requests);
  const sorted = tally.latencies.sort((a, b) => a - b);
  return {
    perSecond: requests / seconds,
    p50Ms: percentile(sorted, 50),
    p99Ms: percentile(sorted, 99),
    requests,
    errors: tally.errors,
    firstError: tally.firstError,
    cpuMs: {
      server: share("server"),
      postgres: share("postgres"),
      stub: share("stub"),
      generator: share("generator"),
    },
  };
}

function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0;
}

function cpuOf({ pids }: Target): Measured["cpuMs"] {
  const { user, system } = process.cpuUsage();
  return {
    server: usageOf(pids.server).cpuMs,
    postgres: usageOf(pids.postgres).cpuMs,
    stub: usageOf(pids.stub).cpuMs,
    generator: (user + system) / 1000,
  };
}

type Source = {
  next: () => Sent | null;
  /** Null: a success. */
  fault: (answer: Answer) => string | null;
};

function requestsOf(operation: Operation, fleet: Fleet): Source {
  let number = 0;
  let answers = 0;
  return {
    next: () => operation.next(fleet, number++),
    fault: ({ status, body }) => {
      answers += 1;
      if (!operation.statuses.includes(status)) return `${status} ${body.trim()}`;
      operation.keep?.(fleet, body);
      const looksInside = answers % CONTENT_CHECK_EVERY === 0;
      return looksInside && !body.includes(operation.text) ? `not expected: ${body}` : null;
    },
  };
}

type Run = Load & { forMs: number };

async function closedLoop(url: string, source: Source, run: Run): Promise<Tally> {
  const tally = newTally();
  const until = performance.now() + run.forMs;
  const caller = async (): Promise<void> => {
    const connection = new HttpConnection(url);
    while (performance.now() < until) {
      const sent = source.next();
      if (sent === null) break;
      await timed(connection, sent, { source, tally, began: performance.now() });
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: run.concurrency }, caller));
  return tally;
}

/** Arrivals keep to their times: what a slow answer holds up counts as waiting. */
async function openLoop(url: string, source: Source, run: Run): Promise<Tally> {
  const tally = newTally();
  const idle = Array.from({ length: OPEN_CONNECTIONS }, () => new HttpConnection(url));
  const due: { sent: Sent; at: number }[] = [];
  const running = new Set<Promise<void>>();
  const startDue = (): void => {
    while (due.length > 0 && idle.length > 0) {
      const request = due.shift();
      // The one used last: its connection is open.
      const connection = idle.pop();
      if (request === undefined || connection === undefined) return;
      const done = timed(connection, request.sent, { source, tally, began: request.at }).then(
        () => {
          running.delete(done);
          idle.push(connection);
          startDue();
        },
      );
      running.add(done);
    }
  };
  const began = performance.now();
  const arrivals = Math.floor((run.forMs / 1000) * (run.perSecond ?? 1));
  for (let arrival = 0; arrival < arrivals; arrival += 1) {
    const sent = source.next();
    const at = began + (arrival * 1000) / (run.perSecond ?? 1);
    while (performance.now() < at) await new Promise((resolve) => setTimeout(resolve, 0));
    if (sent !== null) due.push({ sent, at });
    startDue();
  }
  while (running.size > 0) await Promise.all(running);
  for (const connection of idle) connection.close();
  return tally;
}

function newTally(): Tally {
  return { latencies: [], errors: 0, firstError: null };
}

async function timed(
  connection: HttpConnection,
  sent: Sent,
  { source, tally, began }: { source: Source; tally: Tally; began: number },
): Promise<void> {
  const fault = await connection.send(sent).then(source.fault, (error: unknown) => String(error));
  if (fault === null) {
    tally.latencies.push(performance.now() - began);
  } else {
    tally.errors += 1;
    tally.firstError ??= fault;
  }
}
