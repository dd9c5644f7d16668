import { z } from "zod";
import type { Operator, Read } from "@/lib/console/operator";
import { failed } from "@/lib/console/refusal";

const Seconds = z.number().nonnegative();

/** An AWS secrets engine, where it is enabled. */
export type AwsMount = {
  /** Ends in `/`. */
  path: string;
  accessor: string;
  description: string;
  /** As tuned; 0: as the system has it. */
  tunedDefaultSeconds: number;
  tunedMaxSeconds: number;
};

const Mounts = z.record(
  z.string(),
  z.object({
    type: z.string(),
    accessor: z.string(),
    description: z.string(),
    config: z.object({ default_lease_ttl: Seconds, max_lease_ttl: Seconds }),
  }),
);

/** The AWS secrets engines by path. */
export async function listAwsMounts(operator: Operator): Promise<Read<AwsMount[]>> {
  const read = await operator.read(Mounts, "sys/mounts");
  if (!read.ok) return read;
  const mounts = Object.entries(read.data)
    .filter(([, mount]) => mount.type === "aws")
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

/** The AWS secrets engine of an accessor, which stays when its path changes. */
export async function findAwsMount(operator: Operator, accessor: string): Promise<Read<AwsMount>> {
  const mounts = await listAwsMounts(operator);
  if (!mounts.ok) return mounts;
  const mount = mounts.data.find((one) => one.accessor === accessor);
  if (mount !== undefined) return { ok: true, data: mount };
  const message = `No AWS secrets engine has the accessor ${accessor}. It may have been disabled.`;
  return { ok: false, refusal: { ...failed("sys/mounts", message), kind: "not_found" } };
}

/** The lease limits that hold on a mount, with whose they are; null: not told to this operator. */
export type MountTtls = {
  defaultSeconds: number | null;
  maxSeconds: number | null;
  isDefaultTuned: boolean;
  isMaxTuned: boolean;
};

const Tune = z.object({ default_lease_ttl: Seconds, max_lease_ttl: Seconds });

export async function readMountTtls(operator: Operator, mount: AwsMount): Promise<MountTtls> {
  const { tunedDefaultSeconds, tunedMaxSeconds } = mount;
  const tune = await operator.read(Tune, `sys/mounts/${mount.path}tune`);
  return {
    defaultSeconds: tune.ok ? tune.data.default_lease_ttl : tunedDefaultSeconds || null,
    maxSeconds: tune.ok ? tune.data.max_lease_ttl : tunedMaxSeconds || null,
    isDefaultTuned: tunedDefaultSeconds > 0,
    isMaxTuned: tunedMaxSeconds > 0,
  };
}

/** `config/root` without its secret, which nothing tells. */
export const RootConfig = z.object({
  access_key: z.string(),
  region: z.string(),
  iam_endpoint: z.string(),
  sts_endpoint: z.string(),
  sts_region: z.string(),
  sts_fallback_endpoints: z.array(z.string()),
  sts_fallback_regions: z.array(z.string()),
  max_retries: z.number(),
  username_template: z.string(),
});
export type RootConfig = z.infer<typeof RootConfig>;

/** Null: never written, so the host's own credentials are used. */
export async function readRootConfig(
  operator: Operator,
  mount: AwsMount,
): Promise<Read<RootConfig | null>> {
  return orNothing(await operator.read(RootConfig, `${mount.path}config/root`));
}

const LeaseConfig = z.object({ lease: z.string(), lease_max: z.string() });
/** Both as Go prints durations: `1h0m0s`. */
export type LeaseConfig = z.infer<typeof LeaseConfig>;

/** Null: never written, so the limits of the mount hold. */
export async function readLeaseConfig(
  operator: Operator,
  mount: AwsMount,
): Promise<Read<LeaseConfig | null>> {
  return orNothing(await operator.read(LeaseConfig, `${mount.path}config/lease`));
}

function orNothing<T>(read: Read<T>): Read<T | null> {
  return !read.ok && read.refusal.kind === "not_found" ? { ok: true, data: null } : read;
}

/** Live leases under a filter; `isMore`: counting stopped there. */
export type LeaseCount = { count: number; isMore: boolean };

const Counted = z.object({ count: z.number(), count_is_more: z.boolean() });

/** Null: this operator is not told. */
export async function countLiveLeases(
  operator: Operator,
  filter: { mount: AwsMount; role?: string },
): Promise<LeaseCount | null> {
  const read = await operator.read(Counted, "sys/leasehold/leases", {
    state: "live",
    mount: filter.mount.path,
    role: filter.role,
    limit: "1",
    count: "true",
  });
  return read.ok ? { count: read.data.count, isMore: read.data.count_is_more } : null;
}

/** What holds while `config/root` was never written. */
export const EMPTY_ROOT: RootConfig = {
  access_key: "",
  region: "",
  iam_endpoint: "",
  sts_endpoint: "",
  sts_region: "",
  sts_fallback_endpoints: [],
  sts_fallback_regions: [],
  max_retries: -1,
  username_template: "",
};
