import {
  requestEntry,
  responseEntry,
  type Audience,
  type PolicyOutcome,
  type RequestFacts,
  type ResponseFacts,
} from "@/lib/engine/audit/entry";
import { auditedHeaders } from "@/lib/engine/audit/devices";
import type { AuditRow } from "@/lib/engine/audit/row";
import { withoutAnswer } from "@/lib/engine/aws-auth/login-facts";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import type { Effect } from "@/lib/engine/effects";
import { jsonLine } from "@/lib/engine/hidden-characters";
import { withHistory } from "@/lib/engine/history/effects";
import { EngineError } from "@/lib/engine/errors";
import type { Mount } from "@/lib/engine/mount/mount";
import type { ActiveDevice, Ports } from "@/lib/engine/ports";
import type { Operation } from "@/lib/engine/policy/operation";
import type { Token } from "@/lib/engine/token/token";
import { errorText, statusOf } from "@/lib/vault-api/error-envelope";
import type { ReadRequest } from "@/lib/vault-api/read-request";

/** Headers that every entry shows, in clear. */
const ALWAYS_LOGGED = ["user-agent", "correlation-id", "x-correlation-id"].map((name) => ({
  name,
  hmac: false,
}));

/** An answer as the log sees it. */
export type Told = { response: ResponseFacts; status: number };

const NOTHING: ResponseFacts = {
  data: null,
  auth: null,
  leaseId: null,
  warnings: [],
  wrap: null,
  present: false,
};

/**
 * The audit trail of one request: what is known of it grows as it passes the door; its entries are
 * committed with its effects, and go to the devices beside the built-in log.
 */
export class Trail {
  readonly #ports: Ports;
  readonly #request: ReadRequest;
  #operation: Operation;
  #mount: Mount | null = null;
  #token: Token | null = null;
  #policy: PolicyOutcome | null = null;
  #devices: readonly ActiveDevice[] = [];
  #requestAt: Date;
  #begun = false;
  #headers: RequestFacts["headers"] = {};
  #data: RequestFacts["data"];

  constructor(ports: Ports, request: ReadRequest) {
    this.#ports = ports;
    this.#request = request;
    this.#operation = request.operation;
    this.#data = request.data ?? {};
    this.#requestAt = ports.clock.now();
  }

  /** True once the request's own entry was committed ahead of the answer's. */
  get begun(): boolean {
    return this.#begun;
  }

  /**
   * Limits what is told of the input to these names: clients have been seen to send secrets to
   * public paths under names that nobody asks for.
   */
  tellOnly(names: Readonly<Record<string, unknown>>): void {
    const sent = this.#request.data ?? {};
    this.#data = Object.fromEntries(Object.entries(sent).filter(([name]) => name in names));
  }

  know(facts: {
    operation?: Operation;
    mount?: Mount | null;
    token?: Token;
    policy?: PolicyOutcome;
  }): void {
    if (facts.operation !== undefined) this.#operation = facts.operation;
    if (facts.mount !== undefined) this.#mount = facts.mount;
    if (facts.token !== undefined) this.#token = facts.token;
    if (facts.policy !== undefined) this.#policy = facts.policy;
  }

  /** Takes up the headers that the log shows: three always, others as configured. */
  async readHeaders(config: ConfigSnapshot): Promise<void> {
    const sys = config.mounts.byFullPath("sys/");
    const chosen = sys === null ? [] : await auditedHeaders(config, sys.id);
    const shown: Record<string, { value: string; hmac: boolean }> = {};
    for (const { name, hmac } of [...ALWAYS_LOGGED, ...chosen]) {
      const value = this.#request.headers[name];
      if (value !== undefined) shown[name] = { value, hmac };
    }
    this.#headers = shown;
  }

  /** Writes the request's line to the devices, before its engine is called. */
  async open(config: ConfigSnapshot, refusal: EngineError | null): Promise<void> {
    this.#devices = await this.#ports.devices.active(config);
    if (this.#devices.length === 0) return;
    const error = refusal === null ? null : requestError(refusal);
    await this.#tell((audience) => requestEntry(this.#requestAt, this.#facts(), audience, error));
  }

  /** Commits the request's own entry with `effects`, before something is done outside. */
  async begin(effects: readonly Effect[]): Promise<void> {
    if (this.#begun) throw new Error("a request begins once");
    await this.#ports.commitRequest({
      effects: this.#withHistory(effects),
      rows: (refusal) => (refusal === null ? [this.#requestRow()] : []),
    });
    this.#begun = true;
  }

  /**
   * Commits what a request changed together with its entry.
   *
   * @throws EngineError the refusal of an effect. It is logged, except a conflict that is tried again.
   */
  async close(effects: readonly Effect[], told: Told, retryConflicts: boolean): Promise<void> {
    await this.#ports.commitRequest({
      effects: this.#withHistory(effects),
      rows: (refusal) => {
        if (refusal === null) return [this.#answerRow(told, null)];
        if (refusal.kind === "conflict" && retryConflicts) return [];
        return [this.#answerRow(refusedAnswer(refusal), refusal)];
      },
    });
    if (effects.some((e) => e.kind === "put_audit_device" || e.kind === "remove_audit_device")) {
      this.#devices = await this.#ports.devices.active(await this.#ports.extras.snapshot());
    }
    await this.#tellAnswer(told, null);
  }

  /** Logs a refusal; `effects`: what holds all the same. */
  async refuse(error: EngineError, effects: readonly Effect[]): Promise<void> {
    const told = refusedAnswer(error);
    await this.#ports.commitRequest({
      effects,
      rows: () => [this.#answerRow(told, error)],
    });
    await this.#tellAnswer(told, error);
  }

  /** The devices' line of a refusal whose row was committed with the refused effects. */
  async tellRefusal(error: EngineError): Promise<void> {
    await this.#tellAnswer(refusedAnswer(error), error);
  }

  async #tellAnswer(told: Told, error: EngineError | null): Promise<void> {
    if (this.#devices.length === 0) return;
    const at = this.#ports.clock.now();
    const outcome = outcomeOf(told, error);
    await this.#tell((audience) => responseEntry(at, this.#facts(), outcome, audience));
  }

  async #tell(entryFor: (audience: Audience) => Record<string, unknown>): Promise<void> {
    await Promise.all(
      this.#devices.map((device) =>
        device.write(`${jsonLine(entryFor({ exposure: device.exposure(), builtIn: false }))}\n`),
      ),
    );
  }

  /** What changes the configuration is told beside it, with who changed it. */
  #withHistory(effects: readonly Effect[]): readonly Effect[] {
    return withHistory(effects, {
      name: this.#token?.displayName ?? "",
      accessor: this.#token?.accessor ?? null,
      requestId: this.#request.id,
      path: this.#request.path,
    });
  }

  #facts(): RequestFacts {
    const request = this.#request;
    return {
      id: request.id,
      operation: this.#operation,
      path: request.path,
      uriPath: request.uriPath,
      uriQuery: request.uriQuery,
      mount: this.#mount,
      data: this.#data,
      clientToken: request.clientToken,
      token: this.#token,
      policy: this.#policy,
      remoteAddress: request.clientAddress,
      remotePort: request.clientPort,
      headers: this.#headers,
      wrapTtlSeconds: request.wrapTtlSeconds,
      policyOverride: request.policyOverride,
    };
  }

  #builtIn(): Audience {
    return { exposure: this.#ports.builtInExposure(), builtIn: true };
  }

  #requestRow(): AuditRow {
    const entry = requestEntry(this.#requestAt, this.#facts(), this.#builtIn(), null);
    return {
      ...this.#rowFacts(),
      kind: "request",
      at: this.#requestAt,
      status: null,
      leaseId: namedLease(this.#request),
      entry: JSON.stringify(entry),
    };
  }

  #answerRow(told: Told, error: EngineError | null): AuditRow {
    const at = this.#ports.clock.now();
    const entry = responseEntry(at, this.#facts(), outcomeOf(told, error), this.#builtIn());
    // Who looks for the cause of a refused login reads it here; devices hash it, as Vault does.
    if (error !== null && this.#isLogin()) entry["error"] ??= withoutAnswer(errorText(error));
    return {
      ...this.#rowFacts(),
      kind: this.#begun ? "response" : "both",
      at,
      status: told.status,
      leaseId: told.response.leaseId ?? namedLease(this.#request),
      entry: JSON.stringify({ ...entry, elapsed_ms: at.getTime() - this.#requestAt.getTime() }),
    };
  }

  #isLogin(): boolean {
    const mount = this.#mount;
    return mount?.class === "auth" && this.#request.path.startsWith(`${mount.fullPath}login`);
  }

  #rowFacts(): Pick<AuditRow, "requestId" | "operation" | "path" | "accessor"> {
    return {
      requestId: this.#request.id,
      operation: this.#operation,
      path: this.#request.path,
      accessor: this.#token?.accessor ?? null,
    };
  }
}

/** Longer ids are none of ours, and would not fit the index. */
const LEASE_ID_MAX = 512;
const ABOUT_LEASE = /^sys\/(?:leases\/)?(?:lookup|revoke|renew)(?:\/(.+))?$/;

/** The lease that a request is about, so that its entries are found by it. */
function namedLease({ path, data }: ReadRequest): string | null {
  const about = ABOUT_LEASE.exec(path);
  if (about === null) return null;
  const inBody = data?.["lease_id"];
  const id = typeof inBody === "string" && inBody !== "" ? inBody : about[1];
  return id !== undefined && id.length <= LEASE_ID_MAX && !id.includes("\0") ? id : null;
}

function outcomeOf(
  told: Told,
  error: EngineError | null,
): { response: ResponseFacts; error: string | null; hideCaller?: boolean } {
  if (error === null) return { response: told.response, error: null };
  if (error.audited !== null) {
    return { response: told.response, error: error.audited, hideCaller: true };
  }
  return { response: told.response, error: isOwnRefusal(error) ? responseError(error) : null };
}

/** Refusals by the engine are told in `response.data.error`; those of the core in `error` too. */
function isOwnRefusal(error: EngineError): boolean {
  return error.kind !== "invalid_request" && error.kind !== "aws_failed";
}

function requestError(error: EngineError): string {
  return errorText(error);
}

/** A missing token is told bare in the request entry and aggregated in the response's. */
function responseError(error: EngineError): string {
  if (error.kind === "permission_denied" && !error.aggregated) {
    return errorText(new EngineError(error.kind, error.message, { aggregated: true }));
  }
  return errorText(error);
}

function refusedAnswer(error: EngineError): Told {
  const text = errorText(error);
  return {
    status: statusOf(error),
    response: { ...NOTHING, present: true, data: text === "" ? null : { error: text } },
  };
}

/** The facts of an answer without content. */
export function toldNothing(status: number): Told {
  return { status, response: NOTHING };
}
