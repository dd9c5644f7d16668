import { z } from "zod";
import { listMountsOf } from "@/lib/console/admin-mounts";
import { consoleEngine } from "@/lib/console/engine";
import type { Operator, Read } from "@/lib/console/operator";
import { failed } from "@/lib/console/refusal";

/** As short as the set-up page takes it for the first operator. */
export const PASSWORD_CHARACTERS_MIN = 12;

const Row = z.object({
  kind: z.enum(["user", "group"]),
  name: z.string(),
  /** With `auth/` and its last slash. */
  mount_path: z.string(),
  policies: z.array(z.string()),
  sessions: z.number().default(0),
});
const Rows = z.object({ keys: z.array(z.string()), key_info: z.record(z.string(), Row) });
/** Who can sign in: a person with a password, or a group of the sign-in provider. */
export type OperatorRow = z.infer<typeof Row>;

/** By mount and name. */
export async function listOperators(operator: Operator): Promise<Read<OperatorRow[]>> {
  const read = await operator.list(Rows, "sys/leasehold/operators");
  if (!read.ok) return read;
  return { ok: true, data: read.data.keys.flatMap((key) => read.data.key_info[key] ?? []) };
}

/** A mount that lets operators in. */
export type SignInMount = { accessor: string; type: string; fullPath: string };

export async function listSignInMounts(operator: Operator): Promise<Read<SignInMount[]>> {
  const read = await listMountsOf(operator, "auth");
  if (!read.ok) return read;
  const mounts = read.data
    .filter(({ type }) => ["userpass", "console-oidc"].includes(type))
    .map(({ accessor, type, fullPath }) => ({ accessor, type, fullPath }));
  return { ok: true, data: mounts };
}

const Locked = z.object({
  by_namespace: z.array(
    z.object({
      mount_accessors: z.array(
        z.object({ mount_accessor: z.string(), alias_identifiers: z.array(z.string()) }),
      ),
    }),
  ),
});

/** A name that may not log in for some minutes, after too many failures; nobody need have it. */
export type LockedLogin = { accessor: string; alias: string };

export async function listLocked(operator: Operator): Promise<Read<LockedLogin[]>> {
  const read = await operator.read(Locked, "sys/locked-users");
  if (!read.ok) return read;
  const locked = read.data.by_namespace.flatMap(({ mount_accessors }) =>
    mount_accessors.flatMap(({ mount_accessor: accessor, alias_identifiers }) =>
      alias_identifiers.map((alias) => ({ accessor, alias })),
    ),
  );
  return { ok: true, data: locked };
}

/** The provider that operators sign in with, as the settings of the server name it. */
export type SignInProvider = { name: string; issuer: string; groupsClaim: string; scopes: string };

/** Null: none is configured. What is told here is what the sign-in page tells everybody. */
export async function readProvider(): Promise<SignInProvider | null> {
  const { oidc } = await consoleEngine().signInWays();
  if (oidc === null) return null;
  const { name, issuer, groupsClaim, scopes } = oidc;
  return { name, issuer, groupsClaim, scopes };
}

/** What the tokens of a user are like. Durations in seconds; 0: as the mount has it. */
export const UserLimits = z.object({
  token_policies: z.array(z.string()),
  token_ttl: z.number(),
  token_max_ttl: z.number(),
  token_explicit_max_ttl: z.number(),
  token_num_uses: z.number(),
  token_type: z.string(),
  token_no_default_policy: z.boolean(),
  token_bound_cidrs: z
    .array(z.string())
    .nullable()
    .transform((cidrs) => cidrs ?? []),
});
export type UserLimits = z.infer<typeof UserLimits>;

export function userPath(mount: Pick<SignInMount, "fullPath">, name: string): string {
  return `${mount.fullPath}users/${name}`;
}

export async function findSignInMount(
  operator: Operator,
  accessor: string,
): Promise<Read<SignInMount>> {
  const mounts = await listSignInMounts(operator);
  if (!mounts.ok) return mounts;
  const mount = mounts.data.find((one) => one.accessor === accessor && one.type === "userpass");
  if (mount !== undefined) return { ok: true, data: mount };
  const message = `No userpass mount has the accessor ${accessor}. It may have been disabled.`;
  return { ok: false, refusal: { ...failed("sys/auth", message), kind: "not_found" } };
}

export async function readUser(
  operator: Operator,
  mount: SignInMount,
  name: string,
): Promise<Read<UserLimits>> {
  return operator.read(UserLimits, userPath(mount, name));
}

/** Whether this is who asks. Tokens of a login are named `<mount>-<user>`. */
export function isSelf(operator: Operator, mount: SignInMount, name: string): boolean {
  const prefix = mount.fullPath.slice("auth/".length, -1).replaceAll("/", "-");
  const { way, operator: displayName } = operator.session;
  return way === "userpass" && displayName === `${prefix}-${name}`;
}

export function operatorHref(accessor: string, name: string): string {
  return `/admin/operators/${accessor}/${encodeURIComponent(name)}`;
}
