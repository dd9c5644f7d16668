import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { HttpConnection } from "@/bench/rig/http-connection";

const READY_MS = 120_000;
const POLL_MS = 10;
/** Bytes. */
const LAST_WORDS = 2_000;

export type ChildTerms = {
  /** A bundled program. */
  program: string;
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Where what it prints goes. */
  logFile: string;
  /** Answered 200 once it is ready. */
  readyUrl: string;
};

/** A program of ours in a process of its own, which can be started again after it was killed. */
export class Child {
  readonly #terms: ChildTerms;
  #process: ChildProcess | null = null;
  #ended: Promise<number | null> = Promise.resolve(null);
  #logFrom = 0;

  constructor(terms: ChildTerms) {
    this.#terms = terms;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  get running(): boolean {
    return this.#process?.exitCode === null && this.#process.signalCode === null;
  }

  start(): void {
    const { program, args = [], env = {}, logFile } = this.#terms;
    const log = openSync(logFile, "a");
    this.#logFrom = fstatSync(log).size;
    const child = spawn(process.execPath, ["--enable-source-maps", program, ...args], {
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], NODE_ENV: "production", ...env },
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    this.#process = child;
    this.#ended = new Promise((resolve) => {
      child.once("exit", (code) => resolve(code));
      child.once("error", () => resolve(null));
    });
  }

  /** @throws Error when it ends, or two minutes pass, before it is ready. */
  async ready(): Promise<void> {
    const deadline = Date.now() + READY_MS;
    while (!(await isAnswered(this.#terms.readyUrl))) {
      if (!this.running) throw new Error(`${this.#terms.program} ended: ${this.lastWords()}`);
      if (Date.now() > deadline) throw new Error(`${this.#terms.program} does not get ready`);
      await pause(POLL_MS);
    }
  }

  /** The end of what it printed since it was started. */
  lastWords(): string {
    const printed = readFileSync(this.#terms.logFile).subarray(this.#logFrom);
    return printed.subarray(-LAST_WORDS).toString();
  }

  /** SIGKILL; resolves once the process is gone. */
  async kill(): Promise<void> {
    this.#process?.kill("SIGKILL");
    await this.#ended;
  }

  /** SIGSTOP and SIGCONT: it holds still, and knows nothing of it. */
  freeze(): void {
    this.#process?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#process?.kill("SIGCONT");
  }

  /** An orderly end; its exit code. */
  stop(): Promise<number | null> {
    this.#process?.kill("SIGTERM");
    return this.#ended;
  }
}

async function isAnswered(url: string): Promise<boolean> {
  const { pathname } = new URL(url);
  const connection = new HttpConnection(url);
  try {
    return (await connection.send({ method: "GET", path: pathname })).status === 200;
  } catch {
    return false;
  } finally {
    connection.close();
  }
}

/** A port of loopback that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
