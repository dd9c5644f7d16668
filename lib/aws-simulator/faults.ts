/** What goes wrong, or only slowly. */
export type FaultEffect =
  /** The answer comes `ms` later. */
  | { readonly effect: "latency"; readonly ms: number }
  | { readonly effect: "throttle" }
  | {
      readonly effect: "error";
      readonly status: number;
      readonly code: string;
      readonly message: string;
    }
  /** The connection is cut before anything happened. */
  | { readonly effect: "lostRequest" }
  /** The connection is cut after everything happened. */
  | { readonly effect: "lostReply" }
  /** What this call changes in IAM counts only after `ms`. */
  | { readonly effect: "consistency"; readonly ms: number };

/** Where and how often. Without `action` every action of the service, without both every call. */
export type FaultRule = FaultEffect & {
  readonly service?: "sts" | "iam" | "s3";
  readonly action?: string;
  readonly accountId?: string;
  readonly accessKeyId?: string;
  /** How many calls it hits at most; all, if missing. */
  readonly times?: number;
  /** From 0 to 1; 1, if missing. */
  readonly probability?: number;
};

export type FaultSubject = {
  readonly service: string;
  readonly action: string;
  readonly accountId: string | null;
  readonly accessKeyId: string | null;
};

type ActiveFault = { readonly rule: FaultRule; left: number };

/** The faults in force. */
export class Faults {
  readonly #random: () => number;
  #active: ActiveFault[] = [];

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Replaces all rules. */
  set(rules: readonly FaultRule[]): void {
    this.#active = [];
    for (const rule of rules) this.add(rule);
  }

  add(rule: FaultRule): void {
    this.#active.push({ rule, left: rule.times ?? Number.POSITIVE_INFINITY });
  }

  /** The rules that may still strike, with how often. */
  list(): readonly FaultRule[] {
    return this.#active.map(({ rule, left }) =>
      Number.isFinite(left) ? { ...rule, times: left } : rule,
    );
  }

  /** What befalls this call: every rule that fits it strikes once. */
  strike(subject: FaultSubject): readonly FaultEffect[] {
    if (this.#active.length === 0) return [];
    const struck = this.#active.filter(
      ({ rule }) => fits(rule, subject) && this.#random() < (rule.probability ?? 1),
    );
    for (const fault of struck) fault.left -= 1;
    this.#active = this.#active.filter(({ left }) => left > 0);
    return struck.map(({ rule }) => rule);
  }
}

function fits(rule: FaultRule, subject: FaultSubject): boolean {
  return (["service", "action", "accountId", "accessKeyId"] as const).every(
    (field) => rule[field] === undefined || rule[field] === subject[field],
  );
}
