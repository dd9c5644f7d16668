import type { Mount } from "@/lib/engine/mount/mount";
import type { Limits } from "@/lib/engine/ports";

/** The lease limits that hold on a mount, in seconds: its own where tuned, else the system's. */
export function mountTtls(
  mount: Mount,
  limits: Limits,
): { mountDefaultSeconds: number; mountMaxSeconds: number } {
  return {
    mountDefaultSeconds: mount.config.defaultLeaseTtlSeconds || limits.defaultLeaseTtlSeconds,
    mountMaxSeconds: mount.config.maxLeaseTtlSeconds || limits.maxLeaseTtlSeconds,
  };
}
