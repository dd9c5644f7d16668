import type {
  FirstOperatorForm,
  FirstOperatorResult,
  SignedIn,
  SignInRefusal,
  SignInWays,
  SignInWith,
} from "@/lib/console/sign-in";
import { EngineError } from "@/lib/engine/errors";

/** A call of the API, made in this process. */
export type ConsoleRequest = {
  method: "GET" | "LIST" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** As in the API, without `/v1/`: `sys/leasehold/leases`. */
  path: string;
  query?: Readonly<Record<string, string | readonly string[] | undefined>>;
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  /** The browser's, for the audit log and for rules about addresses. */
  clientAddress: string;
};

/** `body` is the parsed envelope, a text where it is no JSON, null where there is none. */
export type ConsoleAnswer = { status: number; body: unknown; requestId: string };

/** The token that acts; pages hand it on and cannot read it. */
export type ActingToken = { readonly tokenHmac: string };

/** What the console knows of the session that a cookie stands for. */
export type OperatorSession = {
  id: string;
  token: ActingToken;
  /** The token's display name. */
  operator: string;
  accessor: string;
  way: "token" | "userpass" | "oidc";
  policies: readonly string[];
  signedInAt: Date;
  idleUntil: Date;
  endsAt: Date;
};

/** What the console asks of the wired engine. */
export type ConsoleEngine = {
  /** The one door: the same dispatch as the API's, so the same policies and the same audit log. */
  request(token: ActingToken | null, request: ConsoleRequest): Promise<ConsoleAnswer>;
  /** The session of a cookie's value, read anew each time; null: it has ended. */
  session(cookie: string): Promise<OperatorSession | null>;
  /** Starts the idle time anew: somebody is at the keyboard. */
  touch(session: OperatorSession): Promise<void>;
  signInWays(): Promise<SignInWays>;
  signIn(with_: SignInWith): Promise<SignedIn | SignInRefusal>;
  /** Creates the first operator, by the code that the server printed. */
  createFirstOperator(first: FirstOperatorForm): Promise<FirstOperatorResult>;
  signOut(session: OperatorSession): Promise<void>;
  signOutEverywhere(session: OperatorSession): Promise<void>;
  /** Keys the cookies of a sign-in that is under way; the same for all instances. */
  signInSecret(): string;
  /** For the log of the server: what went wrong with us, not with a request. */
  report(message: string, cause: unknown): void;
};

const KEY = Symbol.for("leasehold.console");

/**
 * Called once by the process, before the first page is asked for. Next.js bundles its own copy of
 * this module, so process and pages meet at the global object.
 */
export function offerEngine(engine: ConsoleEngine): void {
  Reflect.set(globalThis, KEY, engine);
}

/** @throws EngineError `unavailable` in a process that serves no console. */
export function consoleEngine(): ConsoleEngine {
  const offered: unknown = Reflect.get(globalThis, KEY);
  if (!isEngine(offered)) {
    throw new EngineError("unavailable", "The console is served by Leasehold's own server only.");
  }
  return offered;
}

function isEngine(offered: unknown): offered is ConsoleEngine {
  return typeof offered === "object" && offered !== null && "request" in offered;
}
