import { z } from "zod";
import type { Operator, Read } from "@/lib/console/operator";
import { failed } from "@/lib/console/refusal";

const Seconds = z.number().nonnegative();

const Mounts = z.record(
  z.string(),
  z.object({
    type: z.string(),
    accessor: z.string(),
    description: z.string(),
    config: z.object({ default_lease_ttl: Seconds, max_lease_ttl: Seconds }),
  }),
);

/** An AWS auth method, where it is enabled. */
export type AuthMount = {
  /** Without `auth/`; ends in `/`. */
  path: string;
  accessor: string;
  description: string;
  /** As tuned, in seconds; 0: as the system has it. */
  tunedDefaultSeconds: number;
  tunedMaxSeconds: number;
};

/** What the API calls a path of a mount. */
export function authPath(mount: Pick<AuthMount, "path">, below: string): string {
  return `auth/${mount.path}${below}`;
}

/** The AWS auth methods by path. */
export async function listAuthMounts(operator: Operator): Promise<Read<AuthMount[]>> {
  const read = await operator.read(Mounts, "sys/auth");
  if (!read.ok) return read;
  const mounts = Object.entries(read.data)
    .filter(([, { type }]) => type === "aws")
    .map(([path, { accessor, description, config }]) => ({
      path,
      accessor,
      description,
      tunedDefaultSeconds: config.default_lease_ttl,
      tunedMaxSeconds: config.max_lease_ttl,
    }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
  return { ok: true, data: mounts };
}

/** The AWS auth method of an accessor, which stays when its path changes. */
export async function findAuthMount(
  operator: Operator,
  accessor: string,
): Promise<Read<AuthMount>> {
  const mounts = await listAuthMounts(operator);
  if (!mounts.ok) return mounts;
  const mount = mounts.data.find((one) => one.accessor === accessor);
  if (mount !== undefined) return { ok: true, data: mount };
  const message = `No AWS auth method has the accessor ${accessor}. It may have been disabled.`;
  return { ok: false, refusal: { ...failed("sys/auth", message), kind: "not_found" } };
}

/** How often a signed request opens the door. */
export const REPLAY_GUARDS = ["window", "strict", "off"] as const;
export type ReplayGuard = (typeof REPLAY_GUARDS)[number];

/** `config/client` without its secret, which nothing tells. */
export const ClientConfig = z.object({
  access_key: z.string(),
  endpoint: z.string(),
  iam_endpoint: z.string(),
  sts_endpoint: z.string(),
  sts_region: z.string(),
  use_sts_region_from_client: z.boolean(),
  iam_server_id_header_value: z.string(),
  allowed_sts_header_values: z
    .array(z.string())
    .nullable()
    .transform((names) => names ?? []),
  max_retries: z.number(),
  /** Told where it is not the default alone. */
  replay_guard: z.enum(REPLAY_GUARDS).default("window"),
});
export type ClientConfig = z.infer<typeof ClientConfig>;

/** What holds on a mount whose client was never configured. */
const CLIENT_DEFAULTS: ClientConfig = {
  access_key: "",
  endpoint: "",
  iam_endpoint: "",
  sts_endpoint: "",
  sts_region: "",
  use_sts_region_from_client: false,
  iam_server_id_header_value: "",
  allowed_sts_header_values: [],
  max_retries: -1,
  replay_guard: "window",
};

export async function readClientConfig(
  operator: Operator,
  mount: AuthMount,
): Promise<Read<ClientConfig>> {
  const read = await operator.read(ClientConfig, authPath(mount, "config/client"));
  const isUnset = !read.ok && read.refusal.kind === "not_found";
  return isUnset ? { ok: true, data: CLIENT_DEFAULTS } : read;
}

export const IdentityConfig = z.object({
  iam_alias: z.string(),
  iam_metadata: z.array(z.string()),
  ec2_alias: z.string(),
  ec2_metadata: z.array(z.string()),
});
export type IdentityConfig = z.infer<typeof IdentityConfig>;

export async function readIdentityConfig(
  operator: Operator,
  mount: AuthMount,
): Promise<Read<IdentityConfig>> {
  return operator.read(IdentityConfig, authPath(mount, "config/identity"));
}

/** The role to assume before looking at principals of an account. */
export type StsAccount = { account: string; stsRole: string; externalId: string };

const Keys = z.object({ keys: z.array(z.string()) });
const Account = z.object({ sts_role: z.string(), external_id: z.string().default("") });
/** Each is read by itself, so a list is cut where nobody looks any more. */
const ACCOUNTS_MAX = 100;

export async function listStsAccounts(
  operator: Operator,
  mount: AuthMount,
): Promise<Read<{ accounts: StsAccount[]; left: number }>> {
  const listed = await operator.list(Keys, authPath(mount, "config/sts"));
  if (!listed.ok) return listed;
  const shown = listed.data.keys.slice(0, ACCOUNTS_MAX);
  const reads = await Promise.all(
    shown.map((account) => operator.read(Account, authPath(mount, `config/sts/${account}`))),
  );
  const refused = reads.find((read) => !read.ok && read.refusal.kind !== "not_found");
  if (refused !== undefined && !refused.ok) return refused;
  const accounts = reads.flatMap((read, index) =>
    read.ok
      ? [
          {
            account: shown[index] ?? "",
            stsRole: read.data.sts_role,
            externalId: read.data.external_id,
          },
        ]
      : [],
  );
  return { ok: true, data: { accounts, left: listed.data.keys.length - shown.length } };
}

const Tune = z.object({ default_lease_ttl: Seconds, max_lease_ttl: Seconds });

/** The lease limits that hold on a mount, tuned or not; null: not told to this operator. */
export async function readAuthTtls(
  operator: Operator,
  mount: AuthMount,
): Promise<{ defaultSeconds: number; maxSeconds: number } | null> {
  const tune = await operator.read(Tune, `sys/auth/${mount.path}tune`);
  if (!tune.ok) return null;
  return {
    defaultSeconds: tune.data.default_lease_ttl,
    maxSeconds: tune.data.max_lease_ttl,
  };
}

const Counted = z.object({ count: z.number(), count_is_more: z.boolean() });

/** Live tokens of a mount, as text (`12`, `more than 10,000`); null: not told to this operator. */
export async function countLiveTokens(
  operator: Operator,
  mount: AuthMount,
): Promise<string | null> {
  const read = await operator.read(Counted, "sys/leasehold/tokens", {
    state: "live",
    mount: mount.accessor,
    limit: "1",
    count: "true",
  });
  if (!read.ok) return null;
  const { count, count_is_more: isMore } = read.data;
  return `${isMore ? "more than " : ""}${count.toLocaleString("en")}`;
}

/** How many roles a mount has; null: not told to this operator. */
export async function countRoles(operator: Operator, mount: AuthMount): Promise<number | null> {
  const read = await operator.list(Keys, authPath(mount, "role"));
  return read.ok ? read.data.keys.length : null;
}
