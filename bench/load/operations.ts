import { ask, CredentialAnswer, LoginAnswer } from "@/bench/rig/api";
import { HttpConnection, type Sent } from "@/bench/rig/http-connection";
import { nextLogin, type Target } from "@/bench/load/installation";

/** Tokens that the operations take by turns, as a fleet does. */
const FLEET = 64;
/** Leases that are looked up by turns. */
const LEASES_LOOKED_UP = 1000;
/** Leases to revoke, at least. */
const LEASES_TO_REVOKE = 5000;
const PREPARED_AT_ONCE = 16;

/** What the requests are made of: callers and leases. */
export type Fleet = { tokens: string[]; leases: string[]; toRevoke: string[] };

export type Operation = {
  /** Makes sure of what the requests need. */
  prepare?(target: Target, fleet: Fleet): Promise<void>;
  /** The request of this number; null: there is nothing left to ask for. */
  next(fleet: Fleet, number: number): Sent | null;
  /** What it asks for is used up: nothing of it is spent on warming up. */
  finite?: true;
  /** A success has one of these statuses, and this text in its body. */
  statuses: readonly number[];
  text: string;
  /** Takes what it was given for later operations. */
  keep?(fleet: Fleet, body: string): void;
};

const caller = (fleet: Fleet, number: number): { token: string } => ({
  token: fleet.tokens[number % FLEET] ?? "",
});

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  health: {
    next: () => ({ method: "GET", path: "/v1/sys/health" }),
    statuses: [200],
    text: '"initialized":true',
  },
  login: {
    next: () => ({ method: "PUT", path: "/v1/auth/bench-aws/login", body: nextLogin() }),
    statuses: [200],
    text: '"client_token":"hvs.',
  },
  "lookup-self": {
    prepare: logIn,
    next: (fleet, number) => ({
      method: "GET",
      path: "/v1/auth/token/lookup-self",
      ...caller(fleet, number),
    }),
    statuses: [200],
    text: '"accessor":"',
  },
  "renew-self": {
    prepare: logIn,
    next: (fleet, number) => ({
      method: "PUT",
      path: "/v1/auth/token/renew-self",
      body: "{}",
      ...caller(fleet, number),
    }),
    statuses: [200],
    text: '"client_token":"',
  },
  "lease-lookup": {
    prepare: async (target, fleet) => {
      await logIn(target, fleet);
      await draw(target, { fleet, into: fleet.leases, atLeast: LEASES_LOOKED_UP });
    },
    next: (fleet, number) => ({
      method: "PUT",
      path: "/v1/sys/leases/lookup",
      body: `{"lease_id":"${fleet.leases[number % LEASES_LOOKED_UP] ?? ""}"}`,
      ...caller(fleet, number),
    }),
    statuses: [200],
    text: '"expire_time":"',
  },
  "creds-sts": {
    prepare: logIn,
    next: (fleet, number) => ({
      method: "GET",
      path: "/v1/bench-aws/creds/sts",
      ...caller(fleet, number),
    }),
    statuses: [200],
    text: '"access_key":"ASIA',
    keep: (fleet, body) => fleet.toRevoke.push(leaseIdOf(body)),
  },
  "creds-user": {
    prepare: logIn,
    next: (fleet, number) => ({
      method: "GET",
      path: "/v1/bench-aws/creds/user",
      ...caller(fleet, number),
    }),
    statuses: [200],
    text: '"access_key":"AKIA',
  },
  "revoke-lease": {
    finite: true,
    prepare: async (target, fleet) => {
      await logIn(target, fleet);
      await draw(target, { fleet, into: fleet.toRevoke, atLeast: LEASES_TO_REVOKE });
    },
    next: (fleet, number) => {
      const lease = fleet.toRevoke.pop();
      if (lease === undefined) return null;
      const body = `{"lease_id":"${lease}"}`;
      return { method: "PUT", path: "/v1/sys/leases/revoke", body, ...caller(fleet, number) };
    },
    statuses: [202, 204],
    text: "",
  },
};

function leaseIdOf(body: string): string {
  return /"lease_id":"([^"]+)"/.exec(body)?.[1] ?? "";
}

async function logIn({ url }: Target, fleet: Fleet): Promise<void> {
  const connection = new HttpConnection(url);
  while (fleet.tokens.length < FLEET) {
    const sent = { method: "PUT", path: "/v1/auth/bench-aws/login", body: nextLogin() };
    const { status, body } = await connection.send(sent);
    if (status !== 200) throw new Error(`a login was answered ${status}: ${body}`);
    fleet.tokens.push(LoginAnswer.parse(JSON.parse(body)).auth.client_token);
  }
  connection.close();
}

async function draw(
  { url }: Target,
  { fleet, into, atLeast }: { fleet: Fleet; into: string[]; atLeast: number },
): Promise<void> {
  let missing = atLeast - into.length;
  const drawer = async (number: number): Promise<void> => {
    const connection = new HttpConnection(url);
    while (missing > 0) {
      missing -= 1;
      const answer = await ask(connection, "GET bench-aws/creds/sts", caller(fleet, number));
      into.push(CredentialAnswer.parse(JSON.parse(answer.body)).lease_id);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: PREPARED_AT_ONCE }, (_, number) => drawer(number)));
}
