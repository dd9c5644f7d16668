import { z } from "zod";
import type { Operator, Read } from "@/lib/console/operator";
import { Explanation } from "@/lib/console/policies";

/** The three kinds of operators, by the policies that an installation begins with. */
export const PRESETS = [
  { policy: "admin", label: "Admin", means: "runs the installation: everything" },
  { policy: "on-call", label: "On-call", means: "finds what runs, ends it and freezes" },
  { policy: "auditor", label: "Auditor", means: "reads the log and the rules, changes nothing" },
] as const;

/** What operators do, each as the request that stands for it. */
const TASKS = [
  ["Find leases", "read", "sys/leasehold/leases"],
  ["Find tokens", "read", "sys/leasehold/tokens"],
  ["Read the audit log", "read", "sys/leasehold/audit"],
  ["End a lease", "update", "sys/leases/revoke"],
  ["End many leases at once", "create", "sys/leasehold/jobs"],
  ["End a token with all below it", "update", "auth/token/revoke-accessor"],
  ["Freeze a principal or a role", "create", "sys/leasehold/freezes"],
  ["Read policies", "read", "sys/policies/acl/any"],
  ["Change policies", "update", "sys/policies/acl/any"],
  ["Enable and disable mounts", "update", "sys/mounts/any"],
  ["Change operators", "update", "auth/userpass/users/any"],
  ["See and end console sessions", "delete", "sys/leasehold/console-sessions/any"],
  ["Change audit devices", "update", "sys/audit/any"],
] as const;

export const Rights = z.object({
  /** Policies that no text is stored for. */
  missing: z.array(z.string()),
  tasks: z.array(
    z.object({
      task: z.string(),
      operation: z.string(),
      path: z.string(),
      allowed: z.boolean(),
      /** The policies that allow it. */
      by: z.array(z.string()),
    }),
  ),
});
export type Rights = z.infer<typeof Rights>;

/** What a token with these policies could do, by the code that judges requests. */
export async function readRights(
  operator: Operator,
  policies: readonly string[],
): Promise<Read<Rights>> {
  const reads = await Promise.all(
    TASKS.map(([, operation, path]) =>
      operator.read(Explanation, "sys/leasehold/policies/explain", {
        path,
        operation,
        policies: policies.join(","),
      }),
    ),
  );
  const refused = reads.find((read) => !read.ok);
  if (refused !== undefined) return refused;
  const explained = reads.flatMap((read) => (read.ok ? [read.data] : []));
  return {
    ok: true,
    data: {
      missing: explained[0]?.missing_policies ?? [],
      tasks: TASKS.map(([task, operation, path], index) => ({
        task,
        operation,
        path,
        allowed: explained[index]?.allowed ?? false,
        by: explained[index]?.granting_policies ?? [],
      })),
    },
  };
}
