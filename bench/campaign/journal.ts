/** What a client knows of a thing: an end that got no answer may have happened or not. */
export type Standing = "live" | "perhaps ended" | "ended";

export type HeldToken = {
  readonly token: string;
  readonly accessor: string;
  /** Until this instant it must work. */
  readonly goodUntil: number;
  standing: Standing;
};

export type HeldLease = {
  readonly id: string;
  readonly kind: "user" | "sts";
  readonly accessKeyId: string;
  readonly owner: HeldToken;
  goodUntil: number;
  standing: Standing;
  /** An end that was waited for: nothing may be left of it. */
  endedInFull: boolean;
};

/** Everything that was acknowledged: answered, and the answer received whole. */
export class Journal {
  readonly tokens: HeldToken[] = [];
  readonly leases: HeldLease[] = [];
  /** Promises that were seen to be broken while the campaign ran. */
  readonly broken: string[] = [];
  readonly #counts = new Map<string, number>();

  count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  /** How often each thing happened, most frequent first. */
  counts(): readonly (readonly [what: string, times: number])[] {
    return [...this.#counts].sort(([, a], [, b]) => b - a);
  }
}

/** True while a client may rely on the token. */
export function isTokenGood(token: HeldToken): boolean {
  return token.standing === "live" && Date.now() < token.goodUntil;
}

/** True while a client may rely on the lease: it ends with its token. */
export function isLeaseGood(lease: HeldLease): boolean {
  return lease.standing === "live" && Date.now() < lease.goodUntil && isTokenGood(lease.owner);
}
