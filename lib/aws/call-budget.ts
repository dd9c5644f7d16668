import { AwsFailure } from "@/lib/engine/aws-failure";

export type CallBudgetTerms = {
  /** Calls to one host at once. */
  inFlightMax: number;
  /** Calls that may wait for a place, and how long. */
  waitingMax: number;
  waitMsMax: number;
  /** After so many failures in a row the host is left alone for `restMs`. */
  failuresMax: number;
  restMs: number;
};

type Host = {
  inFlight: number;
  waiting: Set<() => void>;
  failures: number;
  restUntil: number;
};

/**
 * Bounds what may be asked of one host at once, and stops asking one that only fails: callers are told
 * at once instead of waiting, and one call after each rest finds out whether the host is back.
 */
export class CallBudget {
  readonly #terms: CallBudgetTerms;
  readonly #hosts = new Map<string, Host>();

  constructor(terms: CallBudgetTerms) {
    this.#terms = terms;
  }

  /**
   * Runs `call` when there is a place for it.
   *
   * @throws AwsFailure `RequestLimitExceeded` when there is none in time, or the host is resting.
   */
  async run<T>(host: string, call: () => Promise<T>): Promise<T> {
    const state = this.#stateOf(host);
    this.#refuseWhileResting(state);
    await this.#place(state);
    try {
      const value = await call();
      state.failures = 0;
      state.restUntil = 0;
      return value;
    } catch (error) {
      this.#countFailure(state);
      throw error;
    } finally {
      state.inFlight -= 1;
      this.#letIn(state);
      if (state.inFlight === 0 && state.failures === 0) this.#hosts.delete(host);
    }
  }

  #stateOf(host: string): Host {
    const known = this.#hosts.get(host);
    if (known !== undefined) return known;
    const made: Host = { inFlight: 0, waiting: new Set(), failures: 0, restUntil: 0 };
    this.#hosts.set(host, made);
    return made;
  }

  #refuseWhileResting(state: Host): void {
    const now = performance.now();
    if (now < state.restUntil) throw refused("the host does not answer");
    // The first after a rest is the probe; until it is back the others are still refused.
    if (state.failures >= this.#terms.failuresMax) state.restUntil = now + this.#terms.restMs;
  }

  #countFailure(state: Host): void {
    state.failures += 1;
    if (state.failures < this.#terms.failuresMax) return;
    state.restUntil = performance.now() + this.#terms.restMs;
  }

  /** Takes a place as soon as there is one. */
  #place(state: Host): Promise<void> {
    if (state.inFlight < this.#terms.inFlightMax) {
      state.inFlight += 1;
      return Promise.resolve();
    }
    if (state.waiting.size >= this.#terms.waitingMax) throw refused("too many calls are waiting");
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        clearTimeout(timer);
        state.waiting.delete(enter);
        state.inFlight += 1;
        resolve();
      };
      const timer = setTimeout(() => {
        state.waiting.delete(enter);
        reject(refused("too many calls are under way"));
      }, this.#terms.waitMsMax);
      state.waiting.add(enter);
    });
  }

  #letIn(state: Host): void {
    const [next] = state.waiting;
    if (next !== undefined && state.inFlight < this.#terms.inFlightMax) next();
  }
}

function refused(reason: string): AwsFailure {
  return new AwsFailure(`RequestLimitExceeded: ${reason}`, {
    code: "RequestLimitExceeded",
    status: null,
    throttled: true,
    outcomeUnknown: false,
    firstAttemptAt: null,
  });
}
