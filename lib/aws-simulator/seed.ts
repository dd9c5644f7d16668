import {
  newGroup,
  newInstanceProfile,
  newManagedPolicy,
  newRole,
  newUser,
} from "@/lib/aws-simulator/new-entities";
import { parsePolicy } from "@/lib/aws-simulator/policy-document";
import {
  type Account,
  addAccessKey,
  type PolicyHolder,
  type Role,
  type RootUser,
  type User,
  type World,
} from "@/lib/aws-simulator/state";
import { parseTrust } from "@/lib/aws-simulator/trust";

export type SeedKey = { readonly accessKeyId: string; readonly secretAccessKey: string };

type SeedPolicies = {
  readonly inlinePolicies?: Readonly<Record<string, unknown>>;
  readonly attachedPolicies?: readonly string[];
};

export type SeedGroup = SeedPolicies & { readonly name: string; readonly path?: string };

export type SeedUser = SeedPolicies & {
  readonly name: string;
  readonly path?: string;
  readonly accessKeys?: readonly SeedKey[];
  readonly groups?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly permissionsBoundary?: string;
  /** True: the user has a password, so that it cannot be deleted. */
  readonly loginProfile?: boolean;
  /** Without a code a device takes any six digits. */
  readonly mfaDevices?: readonly { readonly serialNumber: string; readonly tokenCode?: string }[];
  readonly sshPublicKeyIds?: readonly string[];
};

export type SeedRole = SeedPolicies & {
  readonly name: string;
  /** Its unique id, for one that is the same at every start. */
  readonly id?: string;
  readonly path?: string;
  readonly trust: unknown;
  readonly maxSessionSeconds?: number;
  readonly tags?: Readonly<Record<string, string>>;
  readonly permissionsBoundary?: string;
};

export type SeedAccount = {
  readonly id: string;
  readonly rootKeys?: readonly SeedKey[];
  readonly buckets?: readonly string[];
  /** Customer managed policies by name. */
  readonly policies?: Readonly<Record<string, unknown>>;
  readonly groups?: readonly SeedGroup[];
  readonly users?: readonly SeedUser[];
  readonly roles?: readonly SeedRole[];
  readonly instanceProfiles?: readonly { readonly name: string; readonly role?: string }[];
};

export type Seed = { readonly accounts: readonly SeedAccount[] };

/**
 * Makes what is missing and overlays what is given; what is not named stays, ids stay. Seeding the
 * same twice changes nothing.
 *
 * @throws AwsError `MalformedPolicyDocument`.
 */
export function applySeed(world: World, seed: Seed): void {
  for (const account of seed.accounts) seedAccount(world, account);
  // Only now, since trust policies name users and roles of any account, and must find them.
  for (const { id, roles = [] } of seed.accounts) {
    for (const { name, trust } of roles) {
      const role = world.addAccount(id).roles.find(name);
      if (role !== undefined) role.trust = parseTrust(world, JSON.stringify(trust));
    }
  }
}

function seedAccount(world: World, seed: SeedAccount): void {
  const account = world.addAccount(seed.id);
  for (const bucket of seed.buckets ?? []) account.buckets.add(bucket);
  for (const [name, policy] of Object.entries(seed.policies ?? {})) {
    const text = JSON.stringify(policy);
    const document = parsePolicy(text, "identity");
    const known = account.policies.find(name);
    if (known?.text === text) continue;
    account.policies.add(
      newManagedPolicy(named(account, { name }), since(world), { text, document }),
    );
  }
  seedKeys(world, account.root, seed.rootKeys);
  for (const group of seed.groups ?? []) {
    const holder =
      account.groups.find(group.name) ??
      account.groups.add(newGroup(named(account, group), since(world)));
    seedPolicies(holder, group);
  }
  for (const user of seed.users ?? []) seedUser(world, account, user);
  for (const role of seed.roles ?? []) seedRole(world, account, role);
  for (const { name, role } of seed.instanceProfiles ?? []) {
    const profile =
      account.instanceProfiles.find(name) ??
      account.instanceProfiles.add(newInstanceProfile(named(account, { name }), since(world)));
    profile.roleName = role ?? profile.roleName;
  }
}

function seedUser(world: World, account: Account, seed: SeedUser): void {
  const user: User =
    account.users.find(seed.name) ?? account.users.add(newUser(named(account, seed), since(world)));
  seedPolicies(user, seed);
  seedKeys(world, user, seed.accessKeys);
  for (const group of seed.groups ?? []) user.groups.set(group, 0);
  for (const [key, value] of Object.entries(seed.tags ?? {})) user.tags.set(key, value);
  user.boundaryArn = seed.permissionsBoundary ?? user.boundaryArn;
  if (seed.loginProfile !== undefined) {
    user.loginProfileAt = seed.loginProfile ? (user.loginProfileAt ?? world.now()) : null;
  }
  user.sshPublicKeyIds = seed.sshPublicKeyIds ?? user.sshPublicKeyIds;
  if (seed.mfaDevices !== undefined) {
    user.mfaDevices = seed.mfaDevices.map(({ serialNumber, tokenCode }) => ({
      serialNumber,
      tokenCode: tokenCode ?? null,
    }));
  }
}

function seedRole(world: World, account: Account, seed: SeedRole): void {
  const untrusting = {
    text: "{}",
    document: { statements: [] },
    principalIds: new Map<string, string>(),
  };
  const role: Role =
    account.roles.find(seed.name) ??
    account.roles.add({
      ...newRole(named(account, seed), since(world), untrusting),
      ...(seed.id === undefined ? {} : { id: seed.id }),
    });
  seedPolicies(role, seed);
  for (const [key, value] of Object.entries(seed.tags ?? {})) role.tags.set(key, value);
  role.maxSessionSeconds = seed.maxSessionSeconds ?? role.maxSessionSeconds;
  role.boundaryArn = seed.permissionsBoundary ?? role.boundaryArn;
}

function seedPolicies(holder: PolicyHolder, seed: SeedPolicies): void {
  for (const [name, policy] of Object.entries(seed.inlinePolicies ?? {})) {
    const text = JSON.stringify(policy);
    const document = parsePolicy(text, "identity");
    holder.inlinePolicies.set(name, { text, document, visibleAt: 0 });
  }
  for (const arn of seed.attachedPolicies ?? []) holder.attachedPolicies.set(arn, 0);
}

function seedKeys(world: World, owner: User | RootUser, keys: readonly SeedKey[] = []): void {
  for (const { accessKeyId, secretAccessKey } of keys) {
    if (world.accessKeys.has(accessKeyId)) continue;
    addAccessKey(world, {
      id: accessKeyId,
      secret: secretAccessKey,
      owner,
      createdAt: world.now(),
      visibleAt: 0,
      status: "Active",
      honouredUntil: null,
    });
  }
}

function named(account: Account, seed: { readonly name: string; readonly path?: string }) {
  return { accountId: account.id, path: seed.path ?? "/", name: seed.name };
}

function since(world: World) {
  return { createdAt: world.now(), visibleAt: 0 };
}
