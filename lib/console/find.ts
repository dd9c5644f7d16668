import { z } from "zod";
import { attemptHref, attemptPath, AttemptRow } from "@/lib/console/attempts";
import { authRoleHref, searchAllAuthRoles } from "@/lib/console/auth-roles";
import { type Found, type FoundKind, type Hit } from "@/lib/console/find-found";
import { shapeOf } from "@/lib/console/find-text";
import { FoundLease, leasePageHref } from "@/lib/console/found-lease";
import { listMounts, type MountName } from "@/lib/console/mount-paths";
import type { Operator, Read } from "@/lib/console/operator";
import { listPolicyNames } from "@/lib/console/policies";
import type { Refusal } from "@/lib/console/refusal";
import { secretsHref } from "@/lib/console/secrets-roles";
import { tokenHref, TOKENS_PATH, TokenDetail, TokenPage, tokenPath } from "@/lib/console/tokens";

/** Of each kind. */
const FOUND_MAX = 5;
/** Mounts whose roles are looked through, one list each. */
const MOUNTS_MAX = 10;

type Hits = { hits: Hit[]; isMore: boolean };
type Finder = (operator: Operator, text: string) => Promise<Read<Hits>>;

/** Which kinds a text of some shape can name; each costs a read that is logged. */
const FINDERS = {
  request_id: ["Login attempts", "Audit log", "Tokens"],
  access_key_id: ["Leases"],
  arn: ["Leases", "Tokens", "Auth roles"],
  lease_id: ["Leases"],
  accessor: ["Tokens", "Leases", "Policies"],
  words: [
    "Leases",
    "Tokens",
    "Auth mounts",
    "Auth roles",
    "AWS mounts",
    "Secrets roles",
    "Policies",
  ],
} as const satisfies Record<ReturnType<typeof shapeOf>, readonly FoundKind[]>;

/** Looks for an identifier of any kind, as the operator, a few of each kind. */
export async function find(operator: Operator, text: string): Promise<Found> {
  const kinds: readonly FoundKind[] = FINDERS[shapeOf(text)];
  const reads = await Promise.all(
    kinds.map(async (kind) => ({ kind, read: await BY_KIND[kind](operator, text) })),
  );
  const found: Found = { groups: [], hidden: [], failed: [] };
  for (const { kind, read } of reads) {
    if (!read.ok) note(found, kind, read.refusal);
    else if (read.data.hits.length > 0) found.groups.push({ kind, ...read.data });
  }
  return found;
}

function note(found: Found, kind: FoundKind, refusal: Refusal): void {
  const { capability, path, message } = refusal;
  if (refusal.kind === "forbidden") found.hidden.push({ kind, capability, path });
  else if (refusal.kind !== "not_found") found.failed.push({ kind, message });
}

const BY_KIND: Readonly<Record<FoundKind, Finder>> = {
  Leases: findLeases,
  Tokens: findTokens,
  "Auth mounts": findAuthMounts,
  "Auth roles": findAuthRoles,
  "AWS mounts": findAwsMounts,
  "Secrets roles": findSecretsRoles,
  Policies: findPolicies,
  "Login attempts": findAttempt,
  "Audit log": findRequest,
};

const LIMIT = String(FOUND_MAX);

async function findLeases(operator: Operator, text: string): Promise<Read<Hits>> {
  const shape = shapeOf(text);
  const exact =
    shape === "access_key_id"
      ? { access_key_id: text }
      : shape === "accessor"
        ? { accessor: text }
        : { q: wordsOf(text) };
  const Page = z.object({ leases: z.array(FoundLease), next_cursor: z.string().nullable() });
  const read = await operator.read(Page, "sys/leasehold/leases", {
    ...exact,
    state: "any",
    limit: LIMIT,
  });
  if (!read.ok) return read;
  const hits = read.data.leases.map((lease) => ({
    text: lease.lease_id,
    detail: [lease.state, lease.access_key_id, lease.holder].filter((part) => part).join(" · "),
    href: leasePageHref(lease.lease_id),
  }));
  return { ok: true, data: { hits, isMore: read.data.next_cursor !== null } };
}

async function findTokens(operator: Operator, text: string): Promise<Read<Hits>> {
  if (shapeOf(text) === "accessor") {
    const one = await operator.read(TokenDetail, tokenPath(text));
    if (one.ok) return { ok: true, data: { hits: [tokenHit(one.data)], isMore: false } };
    return one.refusal.kind === "not_found" ? NOTHING : one;
  }
  const Page = TokenPage.pick({ next_cursor: true }).extend({
    tokens: z.array(TokenDetail.pick({ accessor: true, display_name: true, principal: true })),
  });
  const read = await operator.read(Page, TOKENS_PATH, { q: wordsOf(text), limit: LIMIT });
  if (!read.ok) return read;
  const hits = read.data.tokens.map(tokenHit);
  return { ok: true, data: { hits, isMore: read.data.next_cursor !== null } };
}

function tokenHit(
  token: Pick<z.infer<typeof TokenDetail>, "accessor" | "display_name" | "principal">,
): Hit {
  return {
    text: token.accessor,
    detail: token.principal ?? token.display_name,
    href: tokenHref(token.accessor),
  };
}

async function findAuthMounts(operator: Operator, text: string): Promise<Read<Hits>> {
  const mounts = await listMounts(operator, "sys/auth");
  if (!mounts.ok) return mounts;
  return matching(awsOnly(mounts.data), text, (mount) => ({
    names: [`auth/${mount.path}`, mount.accessor],
    hit: { text: `auth/${mount.path}`, detail: "AWS auth mount", href: `/auth/${mount.accessor}` },
  }));
}

async function findAuthRoles(operator: Operator, text: string): Promise<Read<Hits>> {
  const read = await searchAllAuthRoles(operator, text, FOUND_MAX);
  if (!read.ok) return read;
  const hits = read.data.roles.map(({ name, path, mount_accessor: accessor }) => ({
    text: name,
    detail: path,
    href: authRoleHref(accessor, name),
  }));
  return { ok: true, data: { hits, isMore: read.data.next_cursor !== null } };
}

async function findAwsMounts(operator: Operator, text: string): Promise<Read<Hits>> {
  const mounts = await listMounts(operator, "sys/mounts");
  if (!mounts.ok) return mounts;
  return matching(awsOnly(mounts.data), text, ({ path, accessor }) => ({
    names: [path, accessor],
    hit: { text: path, detail: "AWS secrets mount", href: secretsHref.mount(accessor) },
  }));
}

async function findSecretsRoles(operator: Operator, text: string): Promise<Read<Hits>> {
  const mounts = await listMounts(operator, "sys/mounts");
  if (!mounts.ok) return mounts;
  const Names = z.object({ keys: z.array(z.string()) });
  const lists = await Promise.all(
    awsOnly(mounts.data)
      .slice(0, MOUNTS_MAX)
      .map(async (mount) => ({
        mount,
        read: await operator.list(Names, `${mount.path}roles`),
      })),
  );
  const refused = lists.flatMap(({ read }) => (read.ok ? [] : [read]))[0];
  if (refused !== undefined && lists.every(({ read }) => !read.ok)) return refused;
  const roles = lists.flatMap(({ mount, read }) =>
    (read.ok ? read.data.keys : []).map((name) => ({ mount, name })),
  );
  return matching(roles, text, ({ mount, name }) => ({
    names: [name, `${mount.path}roles/${name}`, `${mount.path}creds/${name}`],
    hit: {
      text: name,
      detail: `${mount.path}roles/${name}`,
      href: secretsHref.role(mount.accessor, name),
    },
  }));
}

async function findPolicies(operator: Operator, text: string): Promise<Read<Hits>> {
  const names = await listPolicyNames(operator);
  if (!names.ok) return names;
  return matching(names.data, text, (name) => ({
    names: [name],
    hit: {
      text: name,
      detail: `sys/policies/acl/${name}`,
      href: `/policies/${encodeURIComponent(name)}`,
    },
  }));
}

async function findAttempt(operator: Operator, text: string): Promise<Read<Hits>> {
  const read = await operator.read(AttemptRow, attemptPath(text));
  if (!read.ok) return read.refusal.kind === "not_found" ? NOTHING : read;
  const { id, result, role, sentence } = read.data;
  const hit = {
    text: `login for ${role === "" ? "no role in particular" : role}: ${result}`,
    detail: sentence,
    href: attemptHref(id),
  };
  return { ok: true, data: { hits: [hit], isMore: false } };
}

const Request = z.object({ operation: z.string(), path: z.string(), at: z.string() });

async function findRequest(operator: Operator, text: string): Promise<Read<Hits>> {
  const read = await operator.read(Request, `sys/leasehold/audit/${text}`);
  if (!read.ok) return read.refusal.kind === "not_found" ? NOTHING : read;
  const { operation, path, at } = read.data;
  const hit = {
    text: `${operation} ${path}`,
    detail: `request ${text}, ${at.slice(0, 19).replace("T", " ")} UTC`,
    href: `/audit?event=${encodeURIComponent(text)}`,
  };
  return { ok: true, data: { hits: [hit], isMore: false } };
}

const NOTHING: Read<Hits> = { ok: true, data: { hits: [], isMore: false } };

function awsOnly(mounts: readonly MountName[]): MountName[] {
  return mounts.filter(({ type }) => type === "aws");
}

/** Those of a list that has one of whose names the text is a part; what begins with it comes first. */
function matching<T>(
  all: readonly T[],
  text: string,
  read: (one: T) => { names: readonly string[]; hit: Hit },
): Read<Hits> {
  const sought = text.toLowerCase();
  const found = all.flatMap((one) => {
    const { names, hit } = read(one);
    const places = names.map((name) => name.toLowerCase().indexOf(sought)).filter((at) => at >= 0);
    return places.length === 0 ? [] : [{ hit, at: Math.min(...places) }];
  });
  const hits = found.sort((one, other) => one.at - other.at).map(({ hit }) => hit);
  return {
    ok: true,
    data: { hits: hits.slice(0, FOUND_MAX), isMore: hits.length > FOUND_MAX },
  };
}

/** Free text takes four words of at least three characters. */
function wordsOf(text: string): string {
  const words = text.split(/\s+/).filter((word) => word.length >= 3);
  return words.slice(0, 4).join(" ");
}
