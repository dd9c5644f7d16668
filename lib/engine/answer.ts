import type { Tail } from "@/lib/engine/audit/tail";
import type { Effect } from "@/lib/engine/effects";
import type { AuthBlock } from "@/lib/engine/token/token";
import type { WrapInfo } from "@/lib/engine/wrapping/wrap";

/** What a use case answers; the HTTP dialect turns it into an envelope. */
export type Answer = {
  /** Values may be `Secret` at the top level; the envelope reveals them, the log hashes them. */
  data?: Record<string, unknown> | null;
  /** What the log tells instead of `data`: a search is answered by much that is in the log already. */
  audited?: Record<string, unknown>;
  auth?: AuthBlock;
  lease?: { id: string; ttlSeconds: number; renewable: boolean };
  warnings?: readonly string[];
  /** Accessor of what is inside, told beside a wrapped answer. */
  wrappedAccessor?: string;
  /** The answer lies wrapped already; nothing else is told. */
  wrapInfo?: WrapInfo;
  /** 202 instead of 200 or 204. */
  accepted?: boolean;
  /** A body that is no envelope, sent as it is; `audited` is what the log shows of it (hashed). */
  raw?: { contentType: string; text: string; status?: number; audited?: Record<string, unknown> };
  /** Goes on until its reader leaves; `audited` is what the log shows of it. */
  tail?: Tail;
  /** 404 with an envelope: something was there and is gone. */
  gone?: boolean;
  /** `lease_duration` of an answer without a lease (KV v1). */
  leaseDurationSeconds?: number;
};

/**
 * The outcome of a use case: what to answer (null: nothing to say, 204 for a write, 404 for a read)
 * and what is to be committed together with the audit entry before it is said.
 */
export type Decision = {
  answer: Answer | null;
  effects: readonly Effect[];
};

/** A decision that changes nothing. */
export function answered(answer: Answer | null): Decision {
  return { answer, effects: [] };
}

/** A decision that answers nothing but changes something. */
export function effected(...effects: Effect[]): Decision {
  return { answer: null, effects };
}

/** Data without effects. */
export function told(data: Record<string, unknown>): Decision {
  return { answer: { data }, effects: [] };
}
