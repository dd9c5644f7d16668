import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import type { Mount, MountTable } from "@/lib/engine/mount/mount";
import type { Metrics } from "@/lib/engine/ports";
import {
  isExempt,
  rateLimitsOf,
  roleOfLogin,
  ruleFor,
  type RateLimit,
  type RateLimits,
} from "@/lib/engine/system/rate-limit";
import { errorsResponse } from "@/lib/vault-api/error-envelope";
import type { ApiRequest, ApiResponse } from "@/lib/vault-api/exchange";
import type { ReadRequest } from "@/lib/vault-api/read-request";
import { isLoginPath, parseListFlag, parseQuery, parseTarget } from "@/lib/vault-api/request-path";
import { capacityOf, TokenBucket, type Taken } from "@/lib/vault-api/token-bucket";

/** Clients that are known to one rule; the oldest is forgotten for a new one. */
const CLIENTS_MAX = 100_000;
/** Clients whose refusals are told apart until they are taken. */
const REFUSED_MAX = 1_000;

/** A request before its body. */
export type RequestHead = Omit<ApiRequest, "body">;

/** Refused, or let in with headers for its answer. */
export type Admission = { refused: ApiResponse | null; headers: Readonly<Record<string, string>> };

/** How often one client was refused under one rule. */
export type Refusals = { rule: string; clientAddress: string; count: number };

const ADMITTED: Admission = { refused: null, headers: {} };

type Options = {
  metrics: Metrics;
  /** The caller's address, by the rules for trusted proxies. @throws EngineError */
  clientAddress(request: RequestHead): string;
  /** Milliseconds of a clock that does not go back. */
  now(): number;
};

type Rules = RateLimits & { mounts: MountTable };

/**
 * Refuses clients that call too often, before anything is read, looked up or logged for them. Each
 * process counts for itself. The rules are those of the newest configuration that the process has
 * seen; without any, a request costs one comparison.
 */
export class RateLimiter {
  readonly #options: Options;
  #version = "";
  /** Null: there are no rules. */
  #rules: Rules | null = null;
  #buckets = new Map<string, Map<string, TokenBucket>>();
  #refused = new Map<string, Refusals>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** Takes up the rules of a version of the configuration. */
  async follow(config: ConfigSnapshot): Promise<void> {
    if (config.version === this.#version) return;
    const limits = await rateLimitsOf(config);
    this.#version = config.version;
    this.#rules = limits.rules.length === 0 ? null : { ...limits, mounts: config.mounts };
    const kept = new Set(limits.rules.map(keyOf));
    this.#buckets = new Map([...this.#buckets].filter(([key]) => kept.has(key)));
  }

  /** Judges a request by its head, but for logins that a rule of their role may concern. */
  admit(head: RequestHead): Admission {
    const rules = this.#rules;
    if (rules === null) return ADMITTED;
    const path = pathOf(head);
    const mount = mountOf(rules, path);
    if (isExempt(rules.config, path) || waitsForRole(rules, mount, path)) return ADMITTED;
    const rule = ruleFor(rules.rules, { mount, path, role: null });
    if (rule === null) return ADMITTED;
    let address: string;
    try {
      address = this.#options.clientAddress(head);
    } catch {
      // It is refused for that in a moment.
      return ADMITTED;
    }
    return this.#take(rule, { address, path, showHeaders: rules.config.responseHeaders });
  }

  /** Judges the logins that `admit` let pass because their role stands in the body. */
  async admitLogin(request: ReadRequest, config: ConfigSnapshot): Promise<Admission> {
    const rules = this.#rules;
    if (rules === null) return ADMITTED;
    const { path } = request;
    const mount = mountOf(rules, path);
    if (mount === null || isExempt(rules.config, path)) return ADMITTED;
    if (!waitsForRole(rules, mount, path)) return ADMITTED;
    const role = await roleOfLogin(config, mount, request.data ?? {});
    const rule = ruleFor(rules.rules, { mount, path, role });
    if (rule === null) return ADMITTED;
    const showHeaders = rules.config.responseHeaders;
    return this.#take(rule, { address: request.clientAddress, path, showHeaders });
  }

  /** Refusals since they were last taken; those of clients beyond a bound go by no address. */
  takeRefusals(): Refusals[] {
    const refused = [...this.#refused.values()];
    this.#refused = new Map();
    return refused;
  }

  #take(rule: RateLimit, at: { address: string; path: string; showHeaders: boolean }): Admission {
    const taken = this.#bucket(rule, at.address).take(this.#options.now());
    const shown = at.showHeaders ? limitHeaders(rule, taken) : {};
    if (taken.allowed) return { refused: null, headers: shown };
    this.#options.metrics.count("quota.rate_limit.violation", { name: rule.name });
    this.#remember(rule.name, at.address);
    const answer = errorsResponse(429, [`request path "${at.path}": rate limit quota exceeded`]);
    const headers = { ...answer.headers, ...shown, "retry-after": String(taken.waitSeconds) };
    return { refused: { ...answer, headers }, headers: {} };
  }

  #bucket(rule: RateLimit, address: string): TokenBucket {
    const key = keyOf(rule);
    const clients = this.#buckets.get(key) ?? new Map<string, TokenBucket>();
    this.#buckets.set(key, clients);
    const known = clients.get(address);
    if (known !== undefined) return known;
    const bucket = new TokenBucket(rule, this.#options.now());
    clients.set(address, bucket);
    if (clients.size > CLIENTS_MAX) {
      for (const oldest of clients.keys()) {
        clients.delete(oldest);
        break;
      }
    }
    return bucket;
  }

  #remember(rule: string, address: string): void {
    const isNew = !this.#refused.has(`${rule}\n${address}`);
    const clientAddress = isNew && this.#refused.size >= REFUSED_MAX ? "" : address;
    const key = `${rule}\n${clientAddress}`;
    const known = this.#refused.get(key);
    if (known !== undefined) known.count += 1;
    else this.#refused.set(key, { rule, clientAddress, count: 1 });
  }
}

/** A rule that was changed counts anew. */
function keyOf(rule: RateLimit): string {
  return JSON.stringify([rule.name, rule.rate, rule.intervalSeconds, rule.blockSeconds]);
}

/** The canonical path; what has none falls under the rule that holds everywhere. */
function pathOf({ method, target }: RequestHead): string {
  try {
    const parsed = parseTarget(method, target);
    if ("status" in parsed) return "";
    const { path, query } = parsed;
    const isList =
      method === "LIST" ||
      (method === "GET" && query !== "" && parseListFlag(parseQuery(query).list) === true);
    return isList && !path.endsWith("/") ? `${path}/` : path;
  } catch {
    return "";
  }
}

function mountOf({ mounts }: Rules, path: string): Mount | null {
  return mounts.ownerOf(path) ?? mounts.ownerOf(`${path}/`);
}

function waitsForRole({ rules }: Rules, mount: Mount | null, path: string): boolean {
  if (mount === null || !isLoginPath(path)) return false;
  return rules.some(({ mountId, role }) => role !== "" && mountId === mount.id);
}

function limitHeaders(rule: RateLimit, taken: Taken): Record<string, string> {
  return {
    "x-ratelimit-limit": String(capacityOf(rule.rate)),
    "x-ratelimit-remaining": String(taken.remaining),
    "x-ratelimit-reset": String(taken.waitSeconds),
  };
}
