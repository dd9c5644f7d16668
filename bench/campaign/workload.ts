import { setTimeout as pause } from "node:timers/promises";
import { ask, CredentialAnswer, LoginAnswer, RenewAnswer } from "@/bench/rig/api";
import { type Answer, HttpConnection, NoAnswer } from "@/bench/rig/http-connection";
import { loginForm } from "@/bench/rig/login-form";
import { AUTH_ROLE, workloadKey } from "@/bench/campaign/installation";
import {
  type HeldLease,
  type HeldToken,
  isLeaseGood,
  isTokenGood,
  type Journal,
} from "@/bench/campaign/journal";

/** Between two rounds, on average; while nothing answers, always. */
const PAUSE_MS = 120;
/** What is promised for longer than this is not counted on to its last moment. */
const MARGIN_MS = 2_000;

/** Shares of the rounds, in per cent. */
const ACTIONS = [
  [50, "draw user"],
  [10, "draw brief user"],
  [12, "draw session"],
  [8, "renew lease"],
  [7, "revoke lease"],
  [4, "revoke lease and wait"],
  [4, "revoke token"],
  [5, "log in anew"],
] as const;
type Action = (typeof ACTIONS)[number][1];

/** One machine that logs in, draws, renews and revokes until it is told to stop. */
export class Workload {
  readonly #number: number;
  readonly #connections: readonly HttpConnection[];
  readonly #journal: Journal;
  readonly #random: () => number;
  #token: HeldToken | null = null;
  #leases: HeldLease[] = [];
  #stopped = false;

  constructor(
    number: number,
    urls: readonly string[],
    { journal, random }: { journal: Journal; random: () => number },
  ) {
    this.#number = number;
    this.#connections = urls.map((url) => new HttpConnection(url));
    this.#journal = journal;
    this.#random = random;
  }

  /** Resolves when the round that runs at `stop` has ended. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#round();
        await pause(this.#random() * 2 * PAUSE_MS);
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        this.#journal.count("no answer");
        await pause(PAUSE_MS);
      }
    }
    for (const connection of this.#connections) connection.close();
  }

  stop(): void {
    this.#stopped = true;
  }

  async #round(): Promise<void> {
    const token = this.#token;
    if (token === null || !isTokenGood(token)) return this.#logIn();
    this.#leases = this.#leases.filter(isLeaseGood);
    const lease = this.#leases[Math.floor(this.#random() * this.#leases.length)];
    switch (this.#choose()) {
      case "draw user":
        return this.#draw(token, "aws/creds/user", "user");
      case "draw brief user":
        return this.#draw(token, "aws-brief/creds/user", "user");
      case "draw session":
        return this.#draw(token, "aws/sts/target", "sts");
      case "renew lease":
        return lease === undefined ? undefined : this.#renew(token, lease);
      case "revoke lease":
        return lease === undefined ? undefined : this.#revokeLease(token, lease, false);
      case "revoke lease and wait":
        return lease === undefined ? undefined : this.#revokeLease(token, lease, true);
      case "revoke token":
        return this.#revokeToken(token);
      case "log in anew":
        return this.#logIn();
    }
  }

  #choose(): Action {
    let rest = this.#random() * 100;
    for (const [share, action] of ACTIONS) {
      rest -= share;
      if (rest < 0) return action;
    }
    return "draw user";
  }

  #ask(request: string, sent: { token?: HeldToken; body?: unknown } = {}): Promise<Answer> {
    const { token, body } = sent;
    const connection = this.#connections[Math.floor(this.#random() * this.#connections.length)];
    if (connection === undefined) throw new Error("there is no server to ask");
    return ask(connection, request, {
      ...(token !== undefined && { token: token.token }),
      ...(body !== undefined && { body }),
    });
  }

  async #logIn(): Promise<void> {
    const body = loginForm(AUTH_ROLE, workloadKey(this.#number), { now: Date.now() });
    const sentAt = Date.now();
    const answer = await this.#ask("PUT auth/aws/login", { body });
    if (!this.#isGranted("login", answer)) return;
    const { auth } = LoginAnswer.parse(JSON.parse(answer.body));
    this.#token = {
      token: auth.client_token,
      accessor: auth.accessor,
      goodUntil: sentAt + auth.lease_duration * 1000 - MARGIN_MS,
      standing: "live",
    };
    this.#journal.tokens.push(this.#token);
    this.#leases = [];
  }

  async #draw(token: HeldToken, path: string, kind: HeldLease["kind"]): Promise<void> {
    const sentAt = Date.now();
    const answer = await this.#ask(`GET ${path}`, { token });
    if (!this.#isGranted(`draw ${kind}`, answer, token)) return;
    const drawn = CredentialAnswer.parse(JSON.parse(answer.body));
    const lease: HeldLease = {
      id: drawn.lease_id,
      kind,
      accessKeyId: drawn.data.access_key,
      owner: token,
      goodUntil: sentAt + drawn.lease_duration * 1000 - MARGIN_MS,
      standing: "live",
      endedInFull: false,
    };
    this.#journal.leases.push(lease);
    this.#leases.push(lease);
  }

  async #renew(token: HeldToken, lease: HeldLease): Promise<void> {
    if (lease.kind === "sts") return;
    const body = { lease_id: lease.id, increment: 3600 };
    const sentAt = Date.now();
    const answer = await this.#ask("PUT sys/leases/renew", { token, body });
    if (this.#isGranted("renew", answer, token)) {
      const { lease_duration: seconds } = RenewAnswer.parse(JSON.parse(answer.body));
      lease.goodUntil = sentAt + seconds * 1000 - MARGIN_MS;
      return;
    }
    if (answer.status === 400 && isLeaseGood(lease)) {
      this.#journal.broken.push(`lease ${lease.id} was not renewed: ${answer.body.trim()}`);
    }
  }

  async #revokeLease(token: HeldToken, lease: HeldLease, sync: boolean): Promise<void> {
    lease.standing = "perhaps ended";
    const body = { lease_id: lease.id, sync };
    const answer = await this.#ask("PUT sys/leases/revoke", { token, body });
    if (!this.#isGranted(sync ? "revoke and wait" : "revoke", answer, token)) return;
    lease.standing = "ended";
    lease.endedInFull = sync;
  }

  async #revokeToken(token: HeldToken): Promise<void> {
    token.standing = "perhaps ended";
    const answer = await this.#ask("PUT auth/token/revoke-self", { token });
    if (this.#isGranted("revoke token", answer)) token.standing = "ended";
  }

  /** A token that counts must not be refused; any other refusal is counted with its reason. */
  #isGranted(what: string, answer: Answer, token?: HeldToken): boolean {
    if (answer.status < 300) {
      this.#journal.count(what);
      return true;
    }
    this.#journal.count(`${what}: ${answer.status} ${reasonOf(answer)}`);
    if (answer.status === 403 && token !== undefined && isTokenGood(token)) {
      this.#journal.broken.push(`token ${token.accessor} was refused: ${answer.body.trim()}`);
    }
    return false;
  }
}

/** Without what differs from case to case. */
function reasonOf(answer: Answer): string {
  return answer.body
    .trim()
    .replace(/vault-[\w-]+|AKIA\w+|[0-9a-f]{8}-[0-9a-f-]{27}/g, "…")
    .slice(0, 160);
}
