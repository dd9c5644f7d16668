import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import type { Effect } from "@/lib/engine/effects";
import type { Mount } from "@/lib/engine/mount/mount";
import type { Acl } from "@/lib/engine/policy/compile";
import type { Operation } from "@/lib/engine/policy/operation";
import type { Secret } from "@/lib/engine/secret";
import type { Token } from "@/lib/engine/token/token";

/**
 * Who calls, once the token was read and its policies compiled. `clientToken` is null where only its
 * HMAC is known: behind a console session.
 */
export type Caller = { token: Token; clientToken: Secret | null; acl: Acl };

/** What every use case knows of the request it serves. */
export type RequestScope = {
  readonly requestId: string;
  readonly operation: Operation;
  /** Canonical, without leading slash: `aws/creds/app`. */
  readonly path: string;
  readonly mount: Mount;
  /** Null on public paths. */
  readonly caller: Caller | null;
  /** The client token as it was sent, whether or not it opens anything. */
  readonly sentToken: Secret | null;
  readonly clientAddress: string;
  /** True for a request of this process itself: the console's sign-in vouches for what it sends. */
  readonly isInside: boolean;
  /** The `Accept` header of the request; absent outside HTTP. */
  readonly accept?: string;
  /** The `Last-Event-ID` header: how far a reader of events had come. */
  readonly lastEventId?: string | undefined;
  readonly config: ConfigSnapshot;
  /** Seconds of response wrapping asked for; 0 = none. */
  readonly wrapTtlSeconds: number;
  /**
   * Commits the request's own audit entry together with `effects`, before anything is done outside.
   * To be called at most once, and before the first call to AWS.
   */
  begin(effects: readonly Effect[]): Promise<void>;
};

/** The caller of a path that needs a token. */
export function callerOf(scope: RequestScope): Caller {
  if (scope.caller === null) throw new Error(`${scope.path} is reached without a token`);
  return scope.caller;
}
