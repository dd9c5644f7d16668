import { parseArgs } from "node:util";
import { startTarget } from "@/bench/load/installation";
import { ask } from "@/bench/rig/api";
import { HttpConnection } from "@/bench/rig/http-connection";
import { whenInterrupted } from "@/bench/rig/interrupt";
import { loadAverage } from "@/bench/rig/usage";
import { CORPUS, type ListQuery } from "@/bench/lists/corpus";
import { DEFAULT_FLEET } from "@/lib/aws-simulator/default-fleet";
import { startAwsSimulator } from "@/lib/aws-simulator/server";
import { apiAt } from "@/lib/demo/api";
import { seedDemo } from "@/lib/demo/seed";
import { fillRows } from "@/lib/demo-rows/fill";
import { openRowsPool } from "@/lib/demo-rows/workloads";

const OPTIONS = {
  leases: { type: "string", default: "100000" },
  audit: { type: "string", default: "500000" },
  runs: { type: "string", default: "20" },
  only: { type: "string", default: "" },
  url: { type: "string" },
  token: { type: "string", default: "" },
} as const;
const OPERATORS = { admin: "bench-admin", oncall: "bench-oncall", auditor: "bench-auditor" };

type Server = { url: string; rootToken: string; stop: () => Promise<void> };

/** How long lists take that operators filter and sort, over a great many rows. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  const server =
    values.url === undefined
      ? await filledServer(Number(values.leases), Number(values.audit))
      : { url: values.url, rootToken: values.token, stop: () => Promise.resolve() };
  whenInterrupted(() => server.stop());
  const connection = new HttpConnection(server.url);
  try {
    say(`load average at the start: ${loadAverage()}`);
    for (const query of CORPUS.filter(({ title }) => title.startsWith(values.only))) {
      await measure(connection, { query, token: server.rootToken, runs: Number(values.runs) });
    }
    say(`load average at the end: ${loadAverage()}`);
  } finally {
    connection.close();
    await server.stop();
  }
}

async function filledServer(leases: number, entries: number): Promise<Server> {
  const target = await startTarget();
  const simulator = await startAwsSimulator({ seed: DEFAULT_FLEET });
  const pool = openRowsPool(target.databaseUrl);
  const api = apiAt(target.url, target.rootToken);
  await seedDemo(api, simulator.url, OPERATORS);
  await fillRows(pool, { leases, entries }, (what, done, of) => {
    if (done === of) say(`${what}: ${of}`);
  });
  await pool.end();
  const stop = async (): Promise<void> => {
    await simulator.close();
    await target.stop();
  };
  return { url: target.url, rootToken: target.rootToken, stop };
}

type Run = { query: ListQuery; token: string; runs: number };

async function measure(connection: HttpConnection, { query, token, runs }: Run): Promise<void> {
  const path = await pathOf(connection, query, token);
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const began = performance.now();
    const { status, body } = await ask(connection, `GET ${path}`, { token });
    if (status !== 200) {
      say(`${query.title.padEnd(56)} ${status}: ${body.slice(0, 200)}`);
      return;
    }
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): string =>
    `${(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN).toFixed(1)} ms`;
  say(`${query.title.padEnd(56)} p50 ${at(0.5).padStart(10)}  p95 ${at(0.95).padStart(10)}`);
}

/** The path, on its tenth page where a deep one is asked for. */
async function pathOf(
  connection: HttpConnection,
  { path, pages = 0 }: ListQuery,
  token: string,
): Promise<string> {
  let at = path;
  for (let page = 0; page < pages; page += 1) {
    const { body } = await ask(connection, `GET ${at}`, { token });
    const cursor = /"next_cursor":"([^"]+)"/.exec(body)?.[1];
    if (cursor === undefined) return at;
    at = `${path}&cursor=${cursor}`;
  }
  return at;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main();
