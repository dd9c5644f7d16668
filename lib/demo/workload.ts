import { z } from "zod";
import type { Credentials } from "@/lib/aws-simulator/sign";
import { type Api, apiAt, ApiRefused } from "@/lib/demo/api";
import { canListBuckets, launch, signLogin } from "@/lib/demo/machine";
import type { Plan } from "@/lib/demo/plans";

/** A token is renewed when less than this part of its life is left. */
const RENEW_BELOW = 1 / 3;
/** AWS sessions of machines live an hour. */
const RELAUNCH_MS = 50 * 60_000;

/** Where the workload's world is. */
export type Surroundings = {
  url: string;
  simulatorUrl: string;
  count: (event: FleetEvent) => void;
};

export type FleetEvent =
  | "login"
  | "loginRefused"
  | "tokenRenewed"
  | "drawn"
  | "drawRefused"
  | "used"
  | "useRefused"
  | "leaseRenewed"
  | "tokenRevoked"
  | "interrupted";

const Login = z.object({
  auth: z.object({ client_token: z.string(), lease_duration: z.number() }),
});
const Drawn = z.object({
  lease_id: z.string(),
  data: z.object({
    access_key: z.string(),
    secret_key: z.string(),
    security_token: z.string().nullish(),
  }),
});

type Token = { api: Api; renewAt: number };
type Held = { leaseId: string; credentials: Credentials };

/** One machine: it logs in, draws, uses, and settles what it drew in the round before. */
export class Workload {
  readonly plan: Plan;
  readonly #surroundings: Surroundings;
  #machine: { credentials: Credentials; until: number } | null = null;
  #token: Token | null = null;
  #held: Held | null = null;
  #rounds = 0;

  constructor(plan: Plan, surroundings: Surroundings) {
    this.plan = plan;
    this.#surroundings = surroundings;
  }

  /** @throws whatever is no plain refusal: the server or AWS cannot be reached, most likely. */
  async round(): Promise<void> {
    this.#rounds += 1;
    try {
      await this.#settle();
      const api = await this.#login();
      if (api !== null) await this.#draw(api);
    } catch (error) {
      // A token that ended, a server that starts: log in anew next time.
      this.#token = null;
      this.#held = null;
      if (!(error instanceof ApiRefused)) throw error;
      this.#surroundings.count("interrupted");
    }
  }

  async #login(): Promise<Api | null> {
    const { url, count } = this.#surroundings;
    if (this.#token !== null && Date.now() < this.#token.renewAt) return this.#token.api;
    if (this.#token !== null && (await this.#renewToken(this.#token))) return this.#token.api;
    const form = await signLogin(await this.#credentials(), this.plan.serverId);
    try {
      const answer = await apiAt(url)("PUT auth/aws/login", { role: this.plan.authRole, ...form });
      const { auth } = Login.parse(answer);
      count("login");
      const api = apiAt(url, auth.client_token);
      this.#token = { api, renewAt: renewAt(auth.lease_duration) };
      return api;
    } catch (error) {
      if (!(error instanceof ApiRefused)) throw error;
      count("loginRefused");
      return null;
    }
  }

  /** False when the token is near the end of what it may live, so that a new one is due. */
  async #renewToken(token: Token): Promise<boolean> {
    const { auth } = Login.parse(await token.api("PUT auth/token/renew-self", {}));
    this.#surroundings.count("tokenRenewed");
    token.renewAt = renewAt(auth.lease_duration);
    return token.renewAt - Date.now() > this.plan.roundSeconds * 1000;
  }

  async #credentials(): Promise<Credentials> {
    if (this.#machine === null || Date.now() > this.#machine.until) {
      const { launcher, roleArn, name } = this.plan;
      const { simulatorUrl } = this.#surroundings;
      const credentials = await launch(simulatorUrl, launcher, { roleArn, sessionName: name });
      this.#machine = { credentials, until: Date.now() + RELAUNCH_MS };
    }
    return this.#machine.credentials;
  }

  async #settle(): Promise<void> {
    const [held, token] = [this.#held, this.#token];
    this.#held = null;
    if (held === null || token === null || this.plan.then === "leave") return;
    await this.#use(held.credentials);
    if (this.plan.then === "revoke") {
      // As a job does at its end: the token goes, and all that was drawn with it.
      this.#token = null;
      await token.api("PUT auth/token/revoke-self", {});
      this.#surroundings.count("tokenRevoked");
    } else if (held.credentials.sessionToken === undefined) {
      // What STS gave cannot be renewed.
      await token.api("PUT sys/leases/renew", { lease_id: held.leaseId });
      this.#surroundings.count("leaseRenewed");
    }
  }

  async #draw(api: Api): Promise<void> {
    const path = this.plan.draws[this.#rounds % this.plan.draws.length];
    if (path === undefined) return;
    try {
      const { lease_id: leaseId, data } = Drawn.parse(await api(`GET ${path}`));
      this.#surroundings.count("drawn");
      const credentials = {
        accessKeyId: data.access_key,
        secretAccessKey: data.secret_key,
        ...(data.security_token ? { sessionToken: data.security_token } : {}),
      };
      this.#held = { leaseId, credentials };
      await this.#use(credentials);
    } catch (error) {
      if (!(error instanceof ApiRefused) || error.status === 403) throw error;
      this.#surroundings.count("drawRefused");
    }
  }

  async #use(credentials: Credentials): Promise<void> {
    const works = await canListBuckets(this.#surroundings.simulatorUrl, credentials);
    this.#surroundings.count(works ? "used" : "useRefused");
  }
}

function renewAt(leaseSeconds: number): number {
  return Date.now() + leaseSeconds * (1 - RENEW_BELOW) * 1000;
}
