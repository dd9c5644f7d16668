import { randomBytes } from "node:crypto";
import type { PolicyDocument } from "@/lib/aws-simulator/policy-document";

/** Milliseconds since 1970. */
export type Clock = () => number;

/** IAM is eventually consistent: what was just made is seen by reads from this instant on. */
export type Visible = { visibleAt: number };

export type InlinePolicy = Visible & { readonly text: string; readonly document: PolicyDocument };

/** Whoever policies can be put on. Attached policies are ARNs with the instant they count from. */
export type PolicyHolder = {
  readonly inlinePolicies: Map<string, InlinePolicy>;
  readonly attachedPolicies: Map<string, number>;
};

export type Entity = Visible & {
  readonly accountId: string;
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly createdAt: number;
  /** Gone for AWS, still held by what refers to it. */
  deleted: boolean;
};

export type MfaDevice = { readonly serialNumber: string; readonly tokenCode: string | null };

export type User = Entity &
  PolicyHolder & {
    readonly kind: "user";
    readonly tags: Map<string, string>;
    /** Group names with the instant that membership counts from. */
    readonly groups: Map<string, number>;
    readonly keys: Set<AccessKey>;
    boundaryArn: string | null;
    loginProfileAt: number | null;
    mfaDevices: readonly MfaDevice[];
    sshPublicKeyIds: readonly string[];
  };

export type RootUser = {
  readonly kind: "root";
  readonly accountId: string;
  readonly keys: Set<AccessKey>;
  readonly deleted: false;
};

export type Group = Entity & PolicyHolder & { readonly kind: "group" };

export type Trust = {
  readonly text: string;
  readonly document: PolicyDocument;
  /** IAM keeps the unique id behind a user or role ARN: a namesake made later is not trusted. */
  readonly principalIds: ReadonlyMap<string, string>;
};

export type Role = Entity &
  PolicyHolder & {
    readonly kind: "role";
    readonly tags: Map<string, string>;
    trust: Trust;
    maxSessionSeconds: number;
    description: string;
    boundaryArn: string | null;
  };

export type ManagedPolicy = Entity & {
  readonly kind: "policy";
  readonly text: string;
  readonly document: PolicyDocument;
};

export type InstanceProfile = Entity & {
  readonly kind: "instanceProfile";
  roleName: string | null;
};

/** Entities of one kind: found by their exact name, unique without regard to case. */
export class Register<E extends Entity> {
  readonly #byFoldedName = new Map<string, E>();

  find(name: string): E | undefined {
    const entity = this.#byFoldedName.get(name.toLowerCase());
    return entity?.name === name ? entity : undefined;
  }

  isTaken(name: string): boolean {
    return this.#byFoldedName.has(name.toLowerCase());
  }

  add(entity: E): E {
    this.#byFoldedName.set(entity.name.toLowerCase(), entity);
    return entity;
  }

  remove(entity: E): void {
    entity.deleted = true;
    this.#byFoldedName.delete(entity.name.toLowerCase());
  }

  all(): readonly E[] {
    return [...this.#byFoldedName.values()];
  }
}

export type Account = {
  readonly id: string;
  readonly root: RootUser;
  readonly users: Register<User>;
  readonly groups: Register<Group>;
  readonly roles: Register<Role>;
  readonly policies: Register<ManagedPolicy>;
  readonly instanceProfiles: Register<InstanceProfile>;
  readonly buckets: Set<string>;
};

export type AccessKey = Visible & {
  readonly id: string;
  readonly secret: string;
  readonly owner: User | RootUser;
  readonly createdAt: number;
  status: "Active" | "Inactive";
  /** Set when deleted or switched off: IAM may honour it a little longer. */
  honouredUntil: number | null;
};

export type SessionIdentity =
  | { readonly kind: "assumedRole"; readonly role: Role; readonly sessionName: string }
  | { readonly kind: "federatedUser"; readonly owner: User | RootUser; readonly name: string }
  | { readonly kind: "sessionToken"; readonly owner: User | RootUser };

export type Session = {
  readonly accessKeyId: string;
  readonly secret: string;
  readonly token: string;
  readonly identity: SessionIdentity;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly creatorArn: string;
  readonly creatorAccessKeyId: string;
  readonly policies: readonly PolicyDocument[] | null;
  readonly withMfa: boolean;
  readonly sourceIdentity: string | null;
  readonly tags: ReadonlyMap<string, string>;
  readonly transitiveTagKeys: ReadonlySet<string>;
};

/** Beyond it, sessions that expired are forgotten, oldest first. */
const SESSIONS_MAX = 200_000;

/** Everything that exists at this AWS. */
export class World {
  readonly accounts = new Map<string, Account>();
  readonly accessKeys = new Map<string, AccessKey>();
  readonly sessions = new Map<string, Session>();
  readonly clock: Clock;
  /** How far this AWS's clock is ahead of the given one. */
  clockOffsetMs = 0;
  /** Lists are cut after so many items, however many were asked for: AWS may always give fewer. */
  pageItemsMax = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  now(): number {
    return this.clock() + this.clockOffsetMs;
  }

  addAccount(id: string): Account {
    const known = this.accounts.get(id);
    if (known !== undefined) return known;
    const account: Account = {
      id,
      root: { kind: "root", accountId: id, keys: new Set(), deleted: false },
      users: new Register(),
      groups: new Register(),
      roles: new Register(),
      policies: new Register(),
      instanceProfiles: new Register(),
      buckets: new Set(),
    };
    this.accounts.set(id, account);
    return account;
  }

  addSession(session: Session): void {
    this.sessions.set(session.accessKeyId, session);
    if (this.sessions.size <= SESSIONS_MAX) return;
    for (const [id, { expiresAt }] of this.sessions) {
      if (expiresAt > this.now()) return;
      this.sessions.delete(id);
    }
  }
}

export function isVisible(entity: Visible, now: number): boolean {
  return entity.visibleAt <= now;
}

/** Whether requests signed with the key are accepted. */
export function isHonoured(key: AccessKey, now: number): boolean {
  const on = key.status === "Active" || (key.honouredUntil ?? 0) > now;
  return on && isVisible(key, now) && !key.owner.deleted;
}

export function addAccessKey(world: World, key: AccessKey): void {
  world.accessKeys.set(key.id, key);
  key.owner.keys.add(key);
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

type IdPrefix = "AIDA" | "AROA" | "AGPA" | "ANPA" | "AIPA" | "AKIA" | "ASIA";

/**
 * A unique id as AWS makes them: 20 characters for keys, 21 for everything else.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
 */
export function uniqueId(prefix: IdPrefix): string {
  const length = prefix === "AKIA" || prefix === "ASIA" ? 16 : 17;
  return prefix + [...randomBytes(length)].map((byte) => BASE32[byte % 32] ?? "A").join("");
}

/** 40 characters, as AWS's secret access keys have. */
export function secretAccessKey(): string {
  return randomBytes(30).toString("base64");
}
