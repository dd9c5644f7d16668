import type { Caller } from "@/lib/aws-simulator/caller";
import type { Context } from "@/lib/aws-simulator/conditions";
import { malformedPolicy } from "@/lib/aws-simulator/errors";
import { concerns } from "@/lib/aws-simulator/policy";
import { parsePolicy, type Statement } from "@/lib/aws-simulator/policy-document";
import type { Trust, World } from "@/lib/aws-simulator/state";

/**
 * What a trust policy says of a caller. `account` trusts the caller's account, which must let the
 * caller do it by a policy of its own; `principal` and `session` name the caller itself.
 */
export type TrustVerdict = "denied" | "none" | "account" | "principal" | "session";

type Closeness = Exclude<TrustVerdict, "denied">;

const CLOSENESS: readonly Closeness[] = ["none", "account", "principal", "session"];

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
export function trustOf(
  trust: Trust,
  caller: Caller,
  action: string,
  context: Context,
): TrustVerdict {
  const spoken = trust.document.statements
    .filter((statement) => concerns(statement, action, context))
    .map((statement) => ({ effect: statement.effect, names: closeness(statement, trust, caller) }))
    .filter(({ names }) => names !== "none");
  if (spoken.some(({ effect }) => effect === "Deny")) return "denied";
  const best = Math.max(0, ...spoken.map(({ names }) => CLOSENESS.indexOf(names)));
  return CLOSENESS[best] ?? "none";
}

/**
 * Reads a trust policy and looks up the unique ids of the users and roles that it names, in the
 * accounts that the simulator knows.
 *
 * @throws AwsError `MalformedPolicyDocument` as IAM words it, also for a principal that does not exist.
 */
export function parseTrust(world: World, text: string): Trust {
  const document = parsePolicy(text, "trust");
  const principalIds = new Map<string, string>();
  for (const name of document.statements.flatMap(({ principals }) => principals?.aws ?? [])) {
    const entity = principalEntity(world, name);
    if (entity === null) throw malformedPolicy(`Invalid principal in policy: "AWS":"${name}"`);
    if (entity !== undefined) principalIds.set(name, entity.id);
  }
  return { text, document, principalIds };
}

function closeness(statement: Statement, trust: Trust, caller: Caller): Closeness {
  const { principals } = statement;
  if (principals === null) return "none";
  const named = principals.aws.map((name) => principalCloseness(name, trust, caller));
  if (principals.everyone) named.push("principal");
  return CLOSENESS.findLast((level) => named.includes(level)) ?? "none";
}

function principalCloseness(name: string, trust: Trust, caller: Caller): Closeness {
  if (name === caller.accountId || name === `arn:aws:iam::${caller.accountId}:root`) {
    return "account";
  }
  if (name === caller.arn && caller.session !== null && caller.kind !== "user") return "session";
  if (caller.holder.kind === "root" || caller.kind === "federatedUser") return "none";
  if (name === caller.holder.id) return "principal";
  return trust.principalIds.get(name) === caller.holder.id && !caller.holder.deleted
    ? "principal"
    : "none";
}

/** The user or role of that ARN; null when it should exist and does not; undefined for all else. */
function principalEntity(world: World, name: string): { readonly id: string } | null | undefined {
  if (/^(\d{12}|A(ID|RO)A[A-Z0-9]{16,})$/.test(name)) return undefined;
  const match =
    /^arn:aws:(iam|sts)::(\d{12}):(root$|user\/|role\/|assumed-role\/|federated-user\/)(.*)$/.exec(
      name,
    );
  if (match === null) return null;
  const [, , accountId = "", kind, rest = ""] = match;
  const account = world.accounts.get(accountId);
  if (account === undefined || (kind !== "user/" && kind !== "role/")) return undefined;
  const last = rest.slice(rest.lastIndexOf("/") + 1);
  const entity = kind === "user/" ? account.users.find(last) : account.roles.find(last);
  return entity?.arn === name ? entity : null;
}
