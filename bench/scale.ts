import { parseArgs } from "node:util";
import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";
import { type OwnTarget, startTarget } from "@/bench/load/installation";
import { measure, type Measured } from "@/bench/load/measure";
import { type Fleet, OPERATIONS } from "@/bench/load/operations";
import { ask, LeaseList } from "@/bench/rig/api";
import { HttpConnection, NoAnswer } from "@/bench/rig/http-connection";
import { loadAverage, usageOf } from "@/bench/rig/usage";
import { whenInterrupted } from "@/bench/rig/interrupt";
import { openPool } from "@/lib/postgres/pool";

const PREFIX = "bench-aws/creds/sts/";
/** What the server is asked for before its memory is read, so that it has seen all of its code. */
const MEMORY_OPERATIONS = ["lookup-self", "lease-lookup", "creds-sts"];
const MEMORY_SECONDS = 3;
/** V8 gives memory back a while after the last request: the least that is seen is what is needed. */
const MEMORY_LOOKS = 30;
const MEMORY_LOOK_MS = 500;
/** Others' requests while a prefix is revoked. */
const OTHERS = { seconds: 4, concurrency: 4 };
const POLL_MS = 50;
const DONE_MS_MAX = 600_000;

/** What a great many leases cost: in memory, at the start, in a list, at their end. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { leases: { type: "string", default: "100000" } } });
  const leases = Number(values.leases);
  const target = await startTarget();
  whenInterrupted(() => target.stop());
  const pool = openPool({
    url: target.databaseUrl,
    applicationName: "scale",
    connectionsMax: 2,
    statementTimeoutMs: 0,
    onError: () => undefined,
  });
  try {
    say(`load average at the start: ${loadAverage()}`);
    const empty = await exercise(target);
    say(`memory of the server, no leases: ${empty.toFixed(0)} MB`);
    const filledIn = await fill(pool, leases);
    say(`${leases} leases written in ${filledIn.toFixed(1)} s`);
    const startMs = await restart(target);
    say(`first authenticated answer ${startMs.toFixed(0)} ms after the start of the process`);
    const full = await exercise(target);
    say(`memory with ${leases} leases: ${full.toFixed(0)} MB (${signed(full - empty)} MB)`);
    await list(target);
    await revokeAll(target, pool);
    say(`load average at the end: ${loadAverage()}`);
  } finally {
    await pool.end();
    await target.stop();
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function signed(number: number): string {
  return `${number < 0 ? "−" : "+"}${Math.abs(number).toFixed(0)}`;
}

/** The server's memory in MB once it has worked and come to rest. */
async function exercise(target: OwnTarget): Promise<number> {
  const fleet = newFleet();
  for (const name of MEMORY_OPERATIONS) {
    await measureOperation(target, { name, fleet, seconds: MEMORY_SECONDS, concurrency: 8 });
  }
  let least = Infinity;
  for (let look = 0; look < MEMORY_LOOKS; look += 1) {
    await pause(MEMORY_LOOK_MS);
    least = Math.min(least, usageOf(target.pids.server).memoryMb);
  }
  return least;
}

function newFleet(): Fleet {
  return { tokens: [], leases: [], toRevoke: [] };
}

function measureOperation(
  target: OwnTarget,
  run: { name: string; fleet: Fleet; seconds: number; concurrency: number },
): Promise<Measured> {
  const operation = OPERATIONS[run.name];
  if (operation === undefined) throw new Error(`${run.name} is no operation`);
  return measure(target, { operation, fleet: run.fleet }, run);
}

/** Milliseconds from the start of the process, the database being up, to the first answer to a token. */
async function restart(target: OwnTarget): Promise<number> {
  await target.server.kill();
  const began = performance.now();
  target.server.start();
  target.pids.server = target.server.pid;
  const connection = new HttpConnection(target.url);
  for (;;) {
    try {
      const { rootToken: token } = target;
      const { status } = await ask(connection, "GET auth/token/lookup-self", { token });
      if (status === 200) break;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      await pause(POLL_MS / 10);
    }
  }
  connection.close();
  return performance.now() - began;
}

/** Seconds that it took to write leases like one that the server has issued. */
async function fill(pool: pg.Pool, leases: number): Promise<number> {
  const began = performance.now();
  const columns =
    "mount_id, role, kind, token_hmac, holder, account, root_version, handle, needs_undo, renewable";
  await pool.query(
    `insert into lease (id, ${columns}, access_key_id, expires_at, aws_ends_at, next_attempt_at)
     select $1 || 'Scale' || lpad(n::text, 19, '0'), ${columns}, 'ASIASCALE' || n,
       now() + interval '12 hours', now() + interval '12 hours', now() + interval '12 hours'
     from (select * from lease where starts_with(id, $1) limit 1) as model, generate_series(1, $2::int) as n`,
    [PREFIX, leases],
  );
  await pool.query("analyze lease");
  return (performance.now() - began) / 1000;
}

async function list(target: OwnTarget): Promise<void> {
  const connection = new HttpConnection(target.url);
  const began = performance.now();
  const { rootToken: token } = target;
  const { body } = await ask(connection, `GET sys/leases/lookup/${PREFIX}?list=true`, { token });
  const ms = performance.now() - began;
  connection.close();
  const { keys } = LeaseList.parse(JSON.parse(body)).data;
  const megabytes = (body.length / 1024 ** 2).toFixed(1);
  say(`list of ${keys.length} leases: ${ms.toFixed(0)} ms, ${megabytes} MB`);
}

async function revokeAll(target: OwnTarget, pool: pg.Pool): Promise<void> {
  const fleet = newFleet();
  const others = { name: "lookup-self", fleet, ...OTHERS };
  const before = await measureOperation(target, others);
  const connection = new HttpConnection(target.url);
  const began = performance.now();
  const { rootToken: token } = target;
  const answer = await ask(connection, `PUT sys/leases/revoke-prefix/${PREFIX.slice(0, -1)}`, {
    token,
    body: { sync: false },
  });
  if (answer.status >= 300) throw new Error(`revoke-prefix was answered ${answer.body}`);
  const answeredMs = performance.now() - began;
  connection.close();
  const [during, doneMs] = await Promise.all([
    measureOperation(target, others),
    whenEmpty(pool, began),
  ]);
  say(
    `revoke-prefix: answered ${answer.status} in ${answeredMs.toFixed(0)} ms, done in ${(doneMs / 1000).toFixed(1)} s`,
  );
  say(
    `lookup-self meanwhile: p50 ${during.p50Ms.toFixed(1)} ms, p99 ${during.p99Ms.toFixed(1)} ms; before: p50 ${before.p50Ms.toFixed(1)} ms, p99 ${before.p99Ms.toFixed(1)} ms`,
  );
}

/** Milliseconds from `began` until no lease of the prefix is left. */
async function whenEmpty(pool: pg.Pool, began: number): Promise<number> {
  for (;;) {
    const { rowCount } = await pool.query("select 1 from lease where starts_with(id, $1) limit 1", [
      PREFIX,
    ]);
    const ms = performance.now() - began;
    if (rowCount === 0) return ms;
    if (ms > DONE_MS_MAX) throw new Error("leases are left ten minutes after their revocation");
    await pause(POLL_MS);
  }
}

await main();
