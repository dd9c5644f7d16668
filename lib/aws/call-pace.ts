import { AwsFailure } from "@/lib/engine/aws-failure";

export type CallPaceTerms = {
  /** AWS throttled us: at least this many calls a second are tried all the same. */
  perSecondMin: number;
  /** Grown back to this rate, an account is no longer limited by us. */
  perSecondFree: number;
};

const TERMS: CallPaceTerms = { perSecondMin: 5, perSecondFree: 100 };
/** A storm of refusals counts once. */
const DECREASE_INTERVAL_MS = 1000;
/** Calls that may wait for one account. */
const WAITING_MAX = 10_000;

type Waiting = { start(): void; refuse(failure: AwsFailure): void; until: number };

type Account = {
  perSecond: number;
  /** Calls that may start now. */
  allowance: number;
  refilledAt: number;
  decreasedAt: number;
  startedLately: number[];
  queues: Map<string, Waiting[]>;
  timer: NodeJS.Timeout | null;
};

/**
 * How fast each AWS account is called. Nothing is limited until AWS throttles; then the rate is halved
 * and grows by one call a second for each second without refusal. What waits is served in turn, mount
 * by mount, so that one with much to do does not starve the others.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/api-retries.html
 */
export class CallPace {
  readonly #terms: CallPaceTerms;
  readonly #accounts = new Map<string, Account>();

  constructor(terms: Partial<CallPaceTerms> = {}) {
    this.#terms = { ...TERMS, ...terms };
  }

  /**
   * Resolves when one more call may start.
   *
   * @throws AwsFailure `Throttling` when that would be after `until`.
   */
  take(account: string, mountId: string, until: Date): Promise<void> {
    const limited = this.#accounts.get(account);
    if (limited === undefined) return Promise.resolve();
    this.#refill(account, limited);
    if (limited.allowance >= 1 && limited.queues.size === 0) {
      this.#start(limited);
      return Promise.resolve();
    }
    return this.#wait(account, limited, { mountId, until: until.getTime() });
  }

  /** AWS refused a call because of its rate. */
  throttled(account: string): void {
    const now = Date.now();
    const limited = this.#accounts.get(account) ?? newAccount(now, this.#terms.perSecondFree);
    this.#accounts.set(account, limited);
    if (now - limited.decreasedAt < DECREASE_INTERVAL_MS) return;
    const lately = limited.startedLately.filter((at) => now - at < 1000).length;
    limited.perSecond = Math.max(
      this.#terms.perSecondMin,
      Math.min(limited.perSecond, lately || limited.perSecond) / 2,
    );
    limited.allowance = 0;
    limited.refilledAt = now;
    limited.decreasedAt = now;
  }

  #wait(name: string, account: Account, call: { mountId: string; until: number }): Promise<void> {
    const waiting = [...account.queues.values()].reduce((sum, queue) => sum + queue.length, 0);
    if (waiting >= WAITING_MAX) return Promise.reject(tooMany());
    return new Promise((start, refuse) => {
      const queue = account.queues.get(call.mountId) ?? [];
      queue.push({ start, refuse, until: call.until });
      account.queues.set(call.mountId, queue);
      this.#schedule(name, account);
    });
  }

  #schedule(name: string, account: Account): void {
    if (account.timer !== null || account.queues.size === 0) return;
    const missing = Math.max(0, 1 - account.allowance);
    const delayMs = Math.ceil((missing / account.perSecond) * 1000);
    account.timer = setTimeout(() => {
      account.timer = null;
      this.#serve(name, account);
      this.#schedule(name, account);
    }, delayMs);
  }

  #serve(name: string, account: Account): void {
    this.#refill(name, account);
    const now = Date.now();
    for (const [mountId, queue] of account.queues) {
      if (account.allowance < 1) return;
      const next = queue.shift();
      account.queues.delete(mountId);
      // Back to the end of the line: the mounts take turns.
      if (queue.length > 0) account.queues.set(mountId, queue);
      if (next === undefined) continue;
      if (next.until <= now) {
        next.refuse(tooMany());
        continue;
      }
      this.#start(account);
      next.start();
    }
  }

  #start(account: Account): void {
    account.allowance -= 1;
    account.startedLately = [
      ...account.startedLately.filter((at) => Date.now() - at < 1000),
      Date.now(),
    ];
  }

  /** Adds what the time since the last look allows, and grows the rate. */
  #refill(name: string, account: Account): void {
    const now = Date.now();
    const seconds = (now - account.refilledAt) / 1000;
    account.perSecond += seconds;
    account.allowance = Math.min(
      account.perSecond,
      account.allowance + seconds * account.perSecond,
    );
    account.refilledAt = now;
    if (account.perSecond >= this.#terms.perSecondFree && account.queues.size === 0) {
      this.#accounts.delete(name);
    }
  }
}

function newAccount(now: number, perSecond: number): Account {
  return {
    perSecond,
    allowance: 0,
    refilledAt: now,
    decreasedAt: 0,
    startedLately: [],
    queues: new Map(),
    timer: null,
  };
}

function tooMany(): AwsFailure {
  return new AwsFailure("Throttling: too many calls are waiting for this AWS account", {
    code: "Throttling",
    status: null,
    throttled: true,
    outcomeUnknown: false,
    firstAttemptAt: null,
  });
}
