import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { truncates } from "bcryptjs";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import type { Passwords } from "@/lib/engine/ports";
import { Secret } from "@/lib/engine/secret";

/** As Vault hashes: 2^10 rounds. */
const COST = 10;
/** Passwords that wait for the one thread; more than that is a flood. */
const WAITING_MAX = 64;

/** What a name without a password is compared with: the hash of a random text, of the usual cost. */
const NOBODY = "$2b$10$.d48tjOkLKzpvq6r4HrEVOgvUPN.r5JWjIEzXD0fxRHiwCvsFVlt6";

/**
 * A thread of its own, because one comparison takes some 60 ms of computing that no other request
 * should wait for. Written as text: it needs no file beside the bundle.
 */
const THREAD = `
  const { parentPort, workerData } = require("node:worker_threads");
  const { compareSync, hashSync } = require(workerData);
  parentPort.on("message", ({ id, password, hash, cost }) => {
    const answer = hash === null ? hashSync(password, cost) : compareSync(password, hash);
    parentPort.postMessage({ id, answer });
  });`;

type Waiting = { resolve: (answer: string | boolean) => void; reject: (error: unknown) => void };

/** Passwords under bcrypt. The thread starts with the first of them and does not keep the process. */
export function bcryptPasswords(): Passwords {
  const waiting = new Map<number, Waiting>();
  let thread: Worker | null = null;
  let lastId = 0;

  const fail = (cause: unknown): void => {
    thread = null;
    for (const { reject } of waiting.values()) {
      reject(new EngineError("internal", "internal error", { cause }));
    }
    waiting.clear();
  };
  const start = (): Worker => {
    const bcryptPath = createRequire(import.meta.url).resolve("bcryptjs");
    const started = new Worker(THREAD, { eval: true, workerData: bcryptPath });
    started.unref();
    started.on("error", fail);
    started.on("message", ({ id, answer }: { id: number; answer: string | boolean }) => {
      waiting.get(id)?.resolve(answer);
      waiting.delete(id);
      if (waiting.size === 0) started.unref();
    });
    return started;
  };
  const ask = (password: Secret, hash: string | null): Promise<string | boolean> => {
    if (waiting.size >= WAITING_MAX) {
      throw new EngineError("unavailable", "too many password logins at once");
    }
    const id = (lastId += 1);
    thread ??= start();
    thread.ref();
    thread.postMessage({ id, password: password.reveal(), hash, cost: COST });
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  };

  return {
    hash: async (password) => {
      if (truncates(password.reveal())) {
        throw invalidRequest("bcrypt: password length exceeds 72 bytes");
      }
      return new Secret(String(await ask(password, null)));
    },
    verify: async (password, hash) => {
      const same = await ask(password, hash?.reveal() ?? NOBODY);
      return hash !== null && same === true;
    },
  };
}
