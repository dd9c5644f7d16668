import {
  type AccessKey,
  isHonoured,
  type Session,
  type User,
  type World,
} from "@/lib/aws-simulator/state";

/** One call, as it was answered; `code` is the error's, null when all went well. */
export type CallRecord = {
  readonly at: string;
  readonly service: string;
  readonly action: string;
  readonly accessKeyId: string | null;
  readonly callerArn: string | null;
  readonly userAgent: string;
  readonly code: string | null;
};

export type CallCount = {
  total: number;
  /** How often each error was answered. */
  readonly errors: Record<string, number>;
};

export type LedgerKey = {
  readonly accessKeyId: string;
  readonly status: string;
  readonly createdAt: string;
  /** Whether a request signed with it would be accepted now. */
  readonly works: boolean;
};

export type LedgerUser = {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly createdAt: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly groups: readonly string[];
  readonly inlinePolicies: readonly string[];
  readonly attachedPolicies: readonly string[];
  readonly permissionsBoundary: string | null;
  readonly accessKeys: readonly LedgerKey[];
};

export type LedgerSession = {
  readonly accessKeyId: string;
  readonly kind: "assumedRole" | "federatedUser" | "sessionToken";
  readonly accountId: string;
  readonly name: string;
  readonly creatorArn: string;
  readonly creatorAccessKeyId: string;
  readonly issuedAt: string;
  readonly expiresAt: string;
  readonly expired: boolean;
};

/** What really exists at this AWS, and what was asked of it. */
export type LedgerSnapshot = {
  readonly now: string;
  readonly accounts: Readonly<
    Record<
      string,
      {
        readonly users: readonly LedgerUser[];
        readonly roles: readonly {
          readonly name: string;
          readonly arn: string;
          readonly inlinePolicies: readonly string[];
        }[];
        readonly groups: readonly string[];
      }
    >
  >;
  readonly sessions: readonly LedgerSession[];
  readonly calls: Readonly<Record<string, CallCount>>;
};

const RECENT_CALLS_MAX = 5000;

/** Watches a world and counts its calls. */
export class Ledger {
  readonly #world: World;
  #counts = new Map<string, CallCount>();
  #recent: CallRecord[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  record(call: CallRecord): void {
    const name = `${call.service}:${call.action}`;
    const count = this.#counts.get(name) ?? { total: 0, errors: {} };
    count.total += 1;
    if (call.code !== null) count.errors[call.code] = (count.errors[call.code] ?? 0) + 1;
    this.#counts.set(name, count);
    this.#recent.push(call);
    if (this.#recent.length > 2 * RECENT_CALLS_MAX) {
      this.#recent = this.#recent.slice(-RECENT_CALLS_MAX);
    }
  }

  /** The latest calls, oldest first. */
  recentCalls(): readonly CallRecord[] {
    return this.#recent.slice(-RECENT_CALLS_MAX);
  }

  /** How often an action such as `iam:CreateUser` was asked for, refusals included. */
  callsOf(action: string): number {
    return this.#counts.get(action)?.total ?? 0;
  }

  forgetCalls(): void {
    this.#counts = new Map();
    this.#recent = [];
  }

  snapshot(): LedgerSnapshot {
    const now = this.#world.now();
    return {
      now: new Date(now).toISOString(),
      accounts: Object.fromEntries(
        [...this.#world.accounts.values()].map((account) => [
          account.id,
          {
            users: account.users.all().map((user) => describeUser(user, now)),
            roles: account.roles.all().map((role) => ({
              name: role.name,
              arn: role.arn,
              inlinePolicies: [...role.inlinePolicies.keys()],
            })),
            groups: account.groups.all().map((group) => group.name),
          },
        ]),
      ),
      sessions: [...this.#world.sessions.values()].map((session) => describeSession(session, now)),
      calls: Object.fromEntries(this.#counts),
    };
  }
}

function describeUser(user: User, now: number): LedgerUser {
  return {
    name: user.name,
    path: user.path,
    id: user.id,
    arn: user.arn,
    createdAt: new Date(user.createdAt).toISOString(),
    tags: Object.fromEntries(user.tags),
    groups: [...user.groups.keys()],
    inlinePolicies: [...user.inlinePolicies.keys()],
    attachedPolicies: [...user.attachedPolicies.keys()],
    permissionsBoundary: user.boundaryArn,
    accessKeys: [...user.keys].map((key) => describeKey(key, now)),
  };
}

function describeKey(key: AccessKey, now: number): LedgerKey {
  return {
    accessKeyId: key.id,
    status: key.status,
    createdAt: new Date(key.createdAt).toISOString(),
    works: isHonoured(key, now),
  };
}

function describeSession(session: Session, now: number): LedgerSession {
  const { identity } = session;
  const { accountId } = identity.kind === "assumedRole" ? identity.role : identity.owner;
  return {
    accessKeyId: session.accessKeyId,
    kind: identity.kind,
    accountId,
    name: sessionName(session),
    creatorArn: session.creatorArn,
    creatorAccessKeyId: session.creatorAccessKeyId,
    issuedAt: new Date(session.issuedAt).toISOString(),
    expiresAt: new Date(session.expiresAt).toISOString(),
    expired: session.expiresAt <= now,
  };
}

function sessionName({ identity }: Session): string {
  switch (identity.kind) {
    case "assumedRole":
      return `${identity.role.name}/${identity.sessionName}`;
    case "federatedUser":
      return identity.name;
    case "sessionToken":
      return identity.owner.kind === "user" ? identity.owner.name : "root";
  }
}
