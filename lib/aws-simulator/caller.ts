import type { Context } from "@/lib/aws-simulator/conditions";
import { ALLOW_ALL, findManagedPolicy } from "@/lib/aws-simulator/managed-policies";
import type { Grants } from "@/lib/aws-simulator/policy";
import type { PolicyDocument } from "@/lib/aws-simulator/policy-document";
import {
  type AccessKey,
  isVisible,
  type PolicyHolder,
  type Role,
  type RootUser,
  type Session,
  type User,
  type World,
} from "@/lib/aws-simulator/state";

/** Who signed a request. */
export type Caller = {
  readonly kind: "root" | "user" | "assumedRole" | "federatedUser";
  readonly accountId: string;
  /** As GetCallerIdentity says it: a role session's ARN has no path of the role. */
  readonly arn: string;
  readonly userId: string;
  /** As policies name it (`aws:PrincipalArn`): for a role session the role's ARN with its path. */
  readonly principalArn: string;
  readonly accessKeyId: string;
  /** The user or role whose policies count. */
  readonly holder: User | RootUser | Role;
  readonly session: Session | null;
};

export function callerOfKey(key: AccessKey): Caller {
  return { ...ownerCaller(key.owner), accessKeyId: key.id, session: null };
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable */
export function callerOfSession(session: Session): Caller {
  const { identity, accessKeyId } = session;
  switch (identity.kind) {
    case "sessionToken":
      return { ...ownerCaller(identity.owner), accessKeyId, session };
    case "federatedUser": {
      const { accountId } = identity.owner;
      const arn = `arn:aws:sts::${accountId}:federated-user/${identity.name}`;
      const userId = `${accountId}:${identity.name}`;
      const holder = identity.owner;
      return {
        kind: "federatedUser",
        accountId,
        arn,
        userId,
        principalArn: arn,
        accessKeyId,
        holder,
        session,
      };
    }
    case "assumedRole": {
      const { role, sessionName } = identity;
      return {
        kind: "assumedRole",
        accountId: role.accountId,
        arn: `arn:aws:sts::${role.accountId}:assumed-role/${role.name}/${sessionName}`,
        userId: `${role.id}:${sessionName}`,
        principalArn: role.arn,
        accessKeyId,
        holder: role,
        session,
      };
    }
  }
}

export function grantsOf(world: World, caller: Caller, now: number): Grants {
  const { holder } = caller;
  const session = caller.session?.policies ?? null;
  if (holder.kind === "root") return { identity: [ALLOW_ALL], boundary: null, session };
  const holders: PolicyHolder[] = [holder];
  if (holder.kind === "user") {
    const groups = world.accounts.get(holder.accountId)?.groups;
    for (const [name, memberFrom] of holder.groups) {
      const group = memberFrom <= now ? groups?.find(name) : undefined;
      if (group !== undefined) holders.push(group);
    }
  }
  return {
    identity: holders.flatMap((entry) => policiesOf(world, entry, now)),
    boundary: boundaryOf(world, holder.boundaryArn, now),
    session,
  };
}

/** The keys that every request carries. */
export function callerContext(caller: Caller, now: number): Context {
  const { holder, session } = caller;
  const context = new Map<string, readonly string[]>([
    ["aws:userid", [caller.userId]],
    ["aws:principalarn", [caller.principalArn]],
    ["aws:principalaccount", [caller.accountId]],
    ["aws:principaltype", [PRINCIPAL_TYPES[caller.kind]]],
    ["aws:currenttime", [new Date(now).toISOString()]],
    ["aws:epochtime", [String(Math.floor(now / 1000))]],
    // The simulator stands for AWS's own endpoints, which speak TLS only.
    ["aws:securetransport", ["true"]],
  ]);
  if (caller.kind === "user" && holder.kind === "user") context.set("aws:username", [holder.name]);
  for (const [key, value] of [
    ...(holder.kind === "root" ? [] : holder.tags),
    ...(session?.tags ?? []),
  ]) {
    context.set(`aws:principaltag/${key.toLowerCase()}`, [value]);
  }
  if (session === null) return context;
  context.set("aws:tokenissuetime", [new Date(session.issuedAt).toISOString()]);
  context.set("aws:multifactorauthpresent", [String(session.withMfa)]);
  if (session.withMfa) {
    context.set("aws:multifactorauthage", [String(Math.floor((now - session.issuedAt) / 1000))]);
  }
  if (session.sourceIdentity !== null) context.set("aws:sourceidentity", [session.sourceIdentity]);
  return context;
}

const PRINCIPAL_TYPES = {
  root: "Account",
  user: "User",
  assumedRole: "AssumedRole",
  federatedUser: "FederatedUser",
} as const satisfies Record<Caller["kind"], string>;

function ownerCaller(owner: User | RootUser): Omit<Caller, "accessKeyId" | "session"> {
  const { accountId } = owner;
  if (owner.kind === "user") {
    const { arn, id } = owner;
    return { kind: "user", accountId, arn, userId: id, principalArn: arn, holder: owner };
  }
  const arn = `arn:aws:iam::${accountId}:root`;
  return { kind: "root", accountId, arn, userId: accountId, principalArn: arn, holder: owner };
}

function policiesOf(world: World, holder: PolicyHolder, now: number): readonly PolicyDocument[] {
  const inline = [...holder.inlinePolicies.values()].filter((policy) => isVisible(policy, now));
  const attached = [...holder.attachedPolicies].flatMap(([arn, from]) =>
    from <= now ? (findManagedPolicy(world, arn, now)?.document ?? []) : [],
  );
  return [...inline.map((policy) => policy.document), ...attached];
}

/** A boundary whose policy is gone allows nothing. */
function boundaryOf(
  world: World,
  arn: string | null,
  now: number,
): readonly PolicyDocument[] | null {
  if (arn === null) return null;
  const policy = findManagedPolicy(world, arn, now);
  return policy === null ? [] : [policy.document];
}
