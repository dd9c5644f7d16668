import {
  type Entity,
  type Group,
  type InlinePolicy,
  type InstanceProfile,
  type ManagedPolicy,
  type Role,
  type Trust,
  uniqueId,
  type User,
} from "@/lib/aws-simulator/state";

/** What an entity is called. */
export type EntityName = {
  readonly accountId: string;
  readonly path: string;
  readonly name: string;
};

type EntityTimes = { readonly createdAt: number; readonly visibleAt: number };

const ID_PREFIXES = {
  user: "AIDA",
  group: "AGPA",
  role: "AROA",
  policy: "ANPA",
  "instance-profile": "AIPA",
} as const;

type EntityKind = keyof typeof ID_PREFIXES;

const SESSION_SECONDS_DEFAULT = 3600;

export function entityArn(kind: EntityKind, { accountId, path, name }: EntityName): string {
  return `arn:aws:iam::${accountId}:${kind}${path}${name}`;
}

export function newUser(name: EntityName, times: EntityTimes): User {
  return {
    ...newEntity("user", name, times),
    ...noPolicies(),
    kind: "user",
    tags: new Map(),
    groups: new Map(),
    keys: new Set(),
    boundaryArn: null,
    loginProfileAt: null,
    mfaDevices: [],
    sshPublicKeyIds: [],
  };
}

export function newGroup(name: EntityName, times: EntityTimes): Group {
  return { ...newEntity("group", name, times), ...noPolicies(), kind: "group" };
}

export function newRole(name: EntityName, times: EntityTimes, trust: Trust): Role {
  return {
    ...newEntity("role", name, times),
    ...noPolicies(),
    kind: "role",
    tags: new Map(),
    trust,
    maxSessionSeconds: SESSION_SECONDS_DEFAULT,
    description: "",
    boundaryArn: null,
  };
}

export function newManagedPolicy(
  name: EntityName,
  times: EntityTimes,
  policy: Pick<InlinePolicy, "text" | "document">,
): ManagedPolicy {
  return { ...newEntity("policy", name, times), ...policy, kind: "policy" };
}

export function newInstanceProfile(name: EntityName, times: EntityTimes): InstanceProfile {
  return { ...newEntity("instance-profile", name, times), kind: "instanceProfile", roleName: null };
}

function newEntity(kind: EntityKind, name: EntityName, times: EntityTimes): Entity {
  return {
    ...name,
    ...times,
    id: uniqueId(ID_PREFIXES[kind]),
    arn: entityArn(kind, name),
    deleted: false,
  };
}

function noPolicies(): Pick<User, "inlinePolicies" | "attachedPolicies"> {
  return { inlinePolicies: new Map(), attachedPolicies: new Map() };
}
