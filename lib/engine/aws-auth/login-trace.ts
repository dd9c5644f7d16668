import { withoutCanonicalString } from "@/lib/engine/aws-auth/login-facts";
import { isEngineError } from "@/lib/engine/errors";

/**
 * The checks of a login in their order. A login that fails at one has passed all before it.
 */
export const LOGIN_STEPS = [
  "request",
  "action",
  "headers",
  "signature",
  "server_id",
  "coverage",
  "extras",
  "endpoint",
  "sts",
  "session",
  "allow_list",
  "role",
  "network",
  "role_type",
  "principal",
  "instance",
  "freeze",
  "grant",
  "replay",
] as const;

export type LoginStep = (typeof LOGIN_STEPS)[number];

/** What was measured on the way; never a signature, a token or a secret. */
export type LoginFacts = {
  /** As the client named it; empty: it named none. */
  role: string;
  method: string;
  /** Host and port that the client signed for. */
  host: string;
  /** Query parameters of a signed URL by name, values left out. */
  queryNames: readonly string[];
  headerNames: readonly string[];
  signedNames: readonly string[];
  signedIn: "header" | "query" | "none";
  accessKeyId: string;
  /** Of the credential scope. */
  region: string;
  service: string;
  /** ISO 8601; empty: no date that can be read. */
  signedAt: string;
  hasSessionToken: boolean;
  /** Null: the mount asks for none. */
  expectedServerId: string | null;
  /** Null: not sent. */
  givenServerId: string | null;
  endpoint: string;
  /** By the database's clock, when STS was asked or before. */
  judgedAt: string;
  /** Of the answer of STS; 0: there was none. */
  stsStatus: number;
  stsCode: string;
  stsMs: number;
  arn: string;
  account: string;
  canonicalArn: string;
  uniqueId: string;
  boundArns: readonly string[];
  /** How many of the role's ARNs are not among `boundArns`. */
  moreBoundArns: number;
  /** The role binds by unique ids, and the caller's is none of them although its ARN is. */
  wasRecreated: boolean;
  /** Of the caller, as IAM told it for a wildcard; null: not asked. */
  fullArn: string | null;
  roleAuthType: string;
  boundCidrs: readonly string[];
  clientAddress: string;
  /** True where the role infers an instance. */
  infersInstance: boolean;
};

/** How far a login has come, and what was measured; filled in by the checks as they go. */
export class LoginTrace {
  #step: LoginStep = "request";
  #error: string | null = null;
  readonly facts: Partial<LoginFacts> = {};

  /** The check that is being made. */
  get step(): LoginStep {
    return this.#step;
  }

  /** What the client was told; null: it was let in, or the grant was refused when it was committed. */
  get error(): string | null {
    return this.#error;
  }

  failed(error: unknown): void {
    this.#error = isEngineError(error) ? withoutCanonicalString(error.message) : "internal error";
  }

  at(step: LoginStep): void {
    this.#step = step;
  }

  know(facts: Partial<LoginFacts>): void {
    Object.assign(this.facts, facts);
  }
}
