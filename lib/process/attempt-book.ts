import type pg from "pg";
import type { Attempt, AttemptBook } from "@/lib/engine/attempt/attempt";
import { causeOf } from "@/lib/engine/attempt/diagnosis";
import { LoginTrace } from "@/lib/engine/aws-auth/login-trace";
import type { Clock } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import { type Repeats, storeAttempts } from "@/lib/postgres/login-attempts";

/** Of those that are alike (mount, role, check, cause, address) so many a minute are kept whole. */
const ALIKE_A_MINUTE = 10;
/** Of all together: a flood from many addresses fills no disk. */
const KEPT_A_MINUTE = 1_200;
/** Not stored yet, while the database is slow or away; more are let go. */
const WAITING_MAX = 2_000;
const MINUTE_MS = 60_000;
const REPLAYED = "this signed request has been used before; sign a new one for each login";

type Open = {
  trace: LoginTrace;
  mountId: string;
  mountPath: string;
};

/** The last kept of those that are alike. */
type Alike = { kept: number; lastId: string };

/**
 * Keeps what logins came to, beside the requests: nothing waits for it. Whatever is kept is in the
 * database within the next `flush`.
 */
export class LoginAttempts implements AttemptBook {
  readonly #pool: pg.Pool;
  readonly #clock: Clock;
  readonly #open = new Map<string, Open>();
  #waiting: Attempt[] = [];
  #repeats = new Map<string, Repeats>();
  #alike = new Map<string, Alike>();
  #kept = 0;
  #minute = 0;

  constructor(pool: pg.Pool, clock: Clock) {
    this.#pool = pool;
    this.#clock = clock;
  }

  begin(scope: RequestScope): LoginTrace {
    const trace = new LoginTrace();
    const { id, fullPath } = scope.mount;
    this.#open.set(scope.requestId, { trace, mountId: id, mountPath: fullPath });
    return trace;
  }

  ended(requestId: string, status: number): string | null {
    const open = this.#open.get(requestId);
    if (open === undefined) return null;
    this.#open.delete(requestId);
    this.#keep(attemptOf(requestId, open, { status, at: this.#clock.now() }));
    return requestId;
  }

  #keep(attempt: Attempt): void {
    this.#startMinute(attempt.at);
    const key = keyOf(attempt);
    const alike = this.#alike.get(key);
    const isRoom = this.#kept < KEPT_A_MINUTE && this.#waiting.length < WAITING_MAX;
    if ((alike === undefined || alike.kept < ALIKE_A_MINUTE) && isRoom) {
      this.#waiting.push(attempt);
      this.#kept += 1;
      this.#alike.set(key, { kept: (alike?.kept ?? 0) + 1, lastId: attempt.id });
    } else if (alike !== undefined) {
      const counted = this.#repeats.get(alike.lastId);
      const count = (counted?.count ?? 0) + 1;
      this.#repeats.set(alike.lastId, { id: alike.lastId, count, lastAt: attempt.at });
    }
  }

  #startMinute(at: Date): void {
    const minute = Math.floor(at.getTime() / MINUTE_MS);
    if (minute === this.#minute) return;
    this.#minute = minute;
    this.#alike.clear();
    this.#kept = 0;
  }

  /** Stores what was kept since the last time. @throws when the database does not take it: it is let go. */
  async flush(): Promise<void> {
    if (this.#waiting.length === 0 && this.#repeats.size === 0) return;
    const attempts = this.#waiting;
    const repeats = [...this.#repeats.values()];
    this.#waiting = [];
    this.#repeats = new Map();
    await storeAttempts(this.#pool, attempts, repeats);
  }
}

function keyOf(attempt: Attempt): string {
  const { mountId, role, step, cause, clientAddress, passed } = attempt;
  return JSON.stringify([mountId, role, passed ? "" : step, cause, clientAddress]);
}

function attemptOf(
  id: string,
  { trace, mountId, mountPath }: Open,
  ended: { status: number; at: Date },
): Attempt {
  const { facts } = trace;
  const passed = ended.status < 400;
  // What was refused when the grant was committed was used before, or could not be stored.
  const isReplay = ended.status === 400 && trace.step === "replay";
  const step = passed || isReplay || trace.step !== "replay" ? trace.step : "grant";
  const told = trace.error ?? (isReplay ? REPLAYED : "the login could not be stored");
  const error = passed ? null : told;
  return {
    id,
    at: ended.at,
    mountId,
    mountPath,
    role: facts.role ?? "",
    passed,
    step,
    cause: error === null ? "" : causeOf(step, facts, error),
    account: facts.account ?? "",
    principal: facts.arn ?? "",
    accessKeyId: facts.accessKeyId ?? "",
    clientAddress: facts.clientAddress ?? "",
    error,
    facts,
  };
}
