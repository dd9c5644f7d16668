import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { configure, startStub, startTarget, type Target } from "@/bench/load/installation";
import { type Load, measure, type Measured } from "@/bench/load/measure";
import { type Fleet, OPERATIONS } from "@/bench/load/operations";
import { bundlePrograms } from "@/bench/rig/programs";
import { loadAverage } from "@/bench/rig/usage";
import { whenInterrupted } from "@/bench/rig/interrupt";

const ALL =
  "health,lookup-self,renew-self,lease-lookup,login,creds-sts,revoke-lease,creds-user,login-open";
const OPEN = "login-open";

const Saved = z.record(
  z.string(),
  z.object({
    perSecond: z.number(),
    p50Ms: z.number(),
    p99Ms: z.number(),
    cpuMs: z.object({ server: z.number(), postgres: z.number() }),
  }),
);
type Saved = z.infer<typeof Saved>;

const OPTIONS = {
  ops: { type: "string", default: ALL },
  concurrency: { type: "string", default: "16" },
  rate: { type: "string", default: "300" },
  seconds: { type: "string", default: "10" },
  save: { type: "string" },
  compare: { type: "string" },
  url: { type: "string" },
  token: { type: "string", default: "" },
  "server-pid": { type: "string", default: "0" },
  "postgres-pid": { type: "string", default: "0" },
} as const;

type Stoppable = Target & { stop: () => Promise<void> };

/** Each operation by itself, one line each. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  const earlier = values.compare === undefined ? {} : savedIn(values.compare);
  const target: Stoppable =
    values.url === undefined
      ? await startTarget()
      : await runningTarget(values.url, {
          rootToken: values.token,
          server: Number(values["server-pid"]),
          postgres: Number(values["postgres-pid"]),
        });
  const results: Record<string, Measured> = {};
  whenInterrupted(() => target.stop());
  const fleet: Fleet = { tokens: [], leases: [], toRevoke: [] };
  try {
    process.stdout.write(`load average at the start: ${loadAverage()}\n`);
    for (const { title, operation, load } of runsOf(values)) {
      const measured = await measure(target, { operation, fleet }, load);
      results[title] = measured;
      process.stdout.write(`${lineOf(title, measured)}${ratioOf(measured, earlier[title])}\n`);
    }
    process.stdout.write(`load average at the end: ${loadAverage()}\n`);
  } finally {
    await target.stop();
  }
  if (values.save !== undefined) writeFileSync(values.save, JSON.stringify(results, null, 2));
}

type Choice = Record<"ops" | "concurrency" | "rate" | "seconds", string>;

/** @throws Error when an operation is unknown. */
function runsOf({ ops, concurrency, rate, seconds }: Choice) {
  return concurrency.split(",").flatMap((callers) =>
    ops.split(",").map((name) => {
      const isOpen = name === OPEN;
      const operation = OPERATIONS[isOpen ? "login" : name];
      if (operation === undefined) throw new Error(`${name} is none of ${ALL}`);
      const load: Load = { seconds: Number(seconds), concurrency: Number(callers) };
      return isOpen
        ? { title: `${name} ${rate}/s`, operation, load: { ...load, perSecond: Number(rate) } }
        : { title: `${name} ${callers}`, operation, load };
    }),
  );
}

function savedIn(path: string): Saved {
  return Saved.parse(JSON.parse(readFileSync(path, "utf8")));
}

/** A server that somebody else started; it must be allowed loopback endpoints (`LEASEHOLD_LOCAL_AWS`). */
async function runningTarget(
  url: string,
  { rootToken, server, postgres }: { rootToken: string; server: number; postgres: number },
): Promise<Stoppable> {
  const programs = await bundlePrograms(["bench/aws-stub"]);
  const logs = mkdtempSync(join(tmpdir(), "leasehold-bench-"));
  const stub = await startStub(programs.path("aws-stub"), logs);
  const target = {
    ...{ url, rootToken, stubUrl: stub.url },
    pids: { server, postgres, stub: stub.child.pid },
  };
  await configure(target);
  return {
    ...target,
    stop: async () => {
      await stub.child.kill();
      programs.remove();
      rmSync(logs, { recursive: true, force: true });
    },
  };
}

function lineOf(title: string, measured: Measured): string {
  const { cpuMs } = measured;
  const parts = [
    title.padEnd(18),
    `${measured.perSecond.toFixed(0).padStart(6)}/s`,
    `p50 ${measured.p50Ms.toFixed(1)} ms`.padStart(13),
    `p99 ${measured.p99Ms.toFixed(1)} ms`.padStart(14),
    `CPU/request ${(cpuMs.server + cpuMs.postgres).toFixed(2)} ms`,
    `(server ${cpuMs.server.toFixed(2)}, Postgres ${cpuMs.postgres.toFixed(2)}; stub ${cpuMs.stub.toFixed(2)}, generator ${cpuMs.generator.toFixed(2)})`,
  ];
  const failed =
    measured.errors === 0
      ? ""
      : `  ${measured.errors} errors, the first: ${measured.firstError ?? ""}`;
  return parts.join("  ") + failed;
}

/** Now over then. */
function ratioOf(now: Measured, then: Saved[string] | undefined): string {
  if (then === undefined) return "";
  const cpu = ({ cpuMs }: Saved[string]) => cpuMs.server + cpuMs.postgres;
  const ratios = [
    `rate ×${(now.perSecond / then.perSecond).toFixed(2)}`,
    `p50 ×${(now.p50Ms / then.p50Ms).toFixed(2)}`,
    `p99 ×${(now.p99Ms / then.p99Ms).toFixed(2)}`,
    `CPU ×${(cpu(now) / cpu(then)).toFixed(2)}`,
  ];
  return `  ${ratios.join(" ")}`;
}

await main();
