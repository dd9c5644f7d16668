import { z } from "zod";
import type { Operator, Read } from "@/lib/console/operator";
import { failed } from "@/lib/console/refusal";
import { isSingleton, hasUserLockout, offeredTypes } from "@/lib/engine/mount/types";

export type MountClass = "secret" | "auth";

const Texts = z.array(z.string()).default([]);
const Lockout = z.object({
  user_lockout_threshold: z.number(),
  user_lockout_duration: z.number(),
  user_lockout_counter_reset_duration: z.number(),
  user_lockout_disable: z.boolean(),
});

const Entry = z.object({
  accessor: z.string(),
  type: z.string(),
  description: z.string(),
  local: z.boolean(),
  seal_wrap: z.boolean(),
  external_entropy_access: z.boolean(),
  uuid: z.string(),
  config: z.object({
    default_lease_ttl: z.number().nonnegative(),
    max_lease_ttl: z.number().nonnegative(),
    force_no_cache: z.boolean(),
    token_type: z.string().default(""),
    listing_visibility: z.string().default(""),
    audit_non_hmac_request_keys: Texts,
    audit_non_hmac_response_keys: Texts,
    passthrough_request_headers: Texts,
    allowed_response_headers: Texts,
    user_lockout_config: Lockout.optional(),
  }),
});
const Mounts = z.record(z.string(), Entry);

/** A secrets engine or an auth method, where it is enabled. */
export type AnyMount = z.infer<typeof Entry> & {
  class: MountClass;
  /** As its class lists it: ends in `/`, without `auth/`. */
  path: string;
  /** As policies name it: with `auth/`. */
  fullPath: string;
  /** Part of the program: can be neither moved nor disabled. */
  isFixed: boolean;
};

const BASES = { secret: "sys/mounts", auth: "sys/auth" } as const;

/** The API path of a mount's own settings. */
export function mountApiPath({ class: of, path }: Pick<AnyMount, "class" | "path">): string {
  return `${BASES[of]}/${path.slice(0, -1)}`;
}

/** All mounts of one class, by path. */
export async function listMountsOf(
  operator: Operator,
  mountClass: MountClass,
): Promise<Read<AnyMount[]>> {
  const read = await operator.read(Mounts, BASES[mountClass]);
  if (!read.ok) return read;
  const mounts = Object.entries(read.data)
    .map(([path, entry]) => ({
      ...entry,
      class: mountClass,
      path,
      fullPath: mountClass === "auth" ? `auth/${path}` : path,
      isFixed: isSingleton(mountClass, path),
    }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
  return { ok: true, data: mounts };
}

/** The mount of an accessor, which stays when its path changes. */
export async function findMount(operator: Operator, accessor: string): Promise<Read<AnyMount>> {
  const [secret, auth] = await Promise.all([
    listMountsOf(operator, "secret"),
    listMountsOf(operator, "auth"),
  ]);
  const all = [...(secret.ok ? secret.data : []), ...(auth.ok ? auth.data : [])];
  const mount = all.find((one) => one.accessor === accessor);
  if (mount !== undefined) return { ok: true, data: mount };
  if (!secret.ok) return secret;
  if (!auth.ok) return auth;
  const message = `No mount has the accessor ${accessor}. It may have been disabled.`;
  return { ok: false, refusal: { ...failed("sys/mounts", message), kind: "not_found" } };
}

const Tune = z.object({ default_lease_ttl: z.number(), max_lease_ttl: z.number() });

/** The lifetimes that hold, tuned or not; null: not told to this operator. */
export async function readHoldingTtls(
  operator: Operator,
  mount: AnyMount,
): Promise<{ defaultSeconds: number; maxSeconds: number } | null> {
  const read = await operator.read(Tune, `${BASES[mount.class]}/${mount.path}tune`);
  if (!read.ok) return null;
  return { defaultSeconds: read.data.default_lease_ttl, maxSeconds: read.data.max_lease_ttl };
}

const Counted = z.object({ count: z.number(), count_is_more: z.boolean() });
const Keys = z.object({ keys: z.array(z.string()) });

/** What hangs on a mount; null: not told to this operator, undefined: it has no such thing. */
export type Affected = {
  leases: string | null | undefined;
  tokens: string | null | undefined;
  roles: string | null | undefined;
};

/** Where a type keeps what makes it useful. */
const ROLE_LISTS: Readonly<Record<string, string>> = {
  "secret aws": "roles",
  "auth aws": "role",
  "auth approle": "role",
  "auth userpass": "users",
};

export async function countAffected(operator: Operator, mount: AnyMount): Promise<Affected> {
  const list = ROLE_LISTS[`${mount.class} ${mount.type}`];
  const [counted, roles] = await Promise.all([
    countLive(operator, mount),
    list === undefined ? undefined : operator.list(Keys, `${mount.fullPath}${list}`),
  ]);
  return {
    leases: mount.class === "secret" ? counted : undefined,
    tokens: mount.class === "auth" ? counted : undefined,
    roles: roles === undefined ? undefined : roles.ok ? numberText(roles.data.keys.length) : null,
  };
}

/** Live leases of a secrets engine, or live tokens of an auth method. */
async function countLive(operator: Operator, mount: AnyMount): Promise<string | null> {
  const [path, key] =
    mount.class === "secret"
      ? ["sys/leasehold/leases", mount.path]
      : ["sys/leasehold/tokens", mount.accessor];
  const read = await operator.read(Counted, path, {
    state: "live",
    mount: key,
    limit: "1",
    count: "true",
  });
  if (!read.ok) return null;
  return `${read.data.count_is_more ? "more than " : ""}${numberText(read.data.count)}`;
}

function numberText(count: number): string {
  return count.toLocaleString("en");
}

/** The types that can be enabled. */
export function typesOf(mountClass: MountClass): readonly string[] {
  return offeredTypes(mountClass);
}

/** Whether failed logins are counted on mounts of this type, which may be tuned. */
export function hasLockout({ class: of, type }: Pick<AnyMount, "class" | "type">): boolean {
  return of === "auth" && hasUserLockout(type);
}

/** The pages about a mount beside the one of its settings; null: there is none. */
export function workPage(
  mount: Pick<AnyMount, "class" | "type" | "accessor">,
): { href: string; text: string } | null {
  if (mount.type === "aws" && mount.class === "secret") {
    return { href: `/secrets/${mount.accessor}`, text: "Root credential and roles" };
  }
  if (mount.type === "aws")
    return { href: `/auth/${mount.accessor}`, text: "Login rules and roles" };
  if (["userpass", "console-oidc"].includes(mount.type)) {
    return { href: "/admin/operators", text: "Operators" };
  }
  return null;
}
