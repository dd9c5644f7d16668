import { readdirSync, readFileSync } from "node:fs";

/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10;

/** What processes have used so far: processor time, and memory with shared pages counted once. */
export type Usage = { cpuMs: number; memoryMb: number };

/** Sums over a process and all below it; nothing where there is no `/proc`. */
export function usageOf(pid: number): Usage {
  const sum = { cpuMs: 0, memoryMb: 0 };
  for (const each of withDescendants(pid)) {
    sum.cpuMs += ticksOf(each) * TICK_MS;
    sum.memoryMb += memoryMb(each);
  }
  return sum;
}

/** Its own, and those of the children that have ended, which are its heir's. */
function ticksOf(pid: number): number {
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = statFields(pid)
    .slice(11, 15)
    .map(Number);
  return user + system + childUser + childSystem;
}

/** The machine's load averages, as `/proc/loadavg` has them. */
export function loadAverage(): string {
  return read("/proc/loadavg").split(" ").slice(0, 3).join(" ") || "unknown";
}

function withDescendants(root: number): number[] {
  const parents = new Map(allPids().map((pid) => [pid, Number(statFields(pid)[1] ?? 0)]));
  const isBelow = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at)) {
      if (at === root) return true;
    }
    return false;
  };
  return [...parents.keys()].filter(isBelow);
}

function allPids(): number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** The fields of `/proc/<pid>/stat` behind the command's name: state, parent, … */
function statFields(pid: number): string[] {
  const text = read(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function memoryMb(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1];
  return Number(kilobytes ?? 0) / 1024;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // It ended a moment ago, or this is no Linux.
    return "";
  }
}
