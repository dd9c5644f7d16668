import { z } from "zod";
import { JOBS_PATH } from "@/lib/console/jobs";
import type { Operator } from "@/lib/console/operator";

/** Why the operator cannot do something, for the button to say; empty: they can. */
export type LeaseRights = { revoke: string; renew: string; force: string; retry: string };

const NEEDED = {
  revoke: { path: JOBS_PATH, capabilities: ["create"] },
  retry: { path: `${JOBS_PATH}/id/retry`, capabilities: ["create"] },
  renew: { path: "sys/leases/renew", capabilities: ["update"] },
  force: { path: "sys/leases/revoke-force/x", capabilities: ["update", "sudo"] },
} as const satisfies Record<keyof LeaseRights, { path: string; capabilities: string[] }>;

const Capabilities = z.object({ data: z.record(z.string(), z.unknown()) });

/**
 * What the operator's policies let them do with leases. Only for saying it beforehand: whether something
 * is done is decided where it is done.
 */
export async function readLeaseRights(operator: Operator): Promise<LeaseRights> {
  const path = "sys/capabilities-self";
  const paths = Object.values(NEEDED).map((needed) => needed.path);
  const answer = await operator.request({ method: "POST", path, body: { paths } });
  const told = Capabilities.safeParse(answer.body);
  const reasonFor = (right: keyof LeaseRights): string => {
    if (!told.success) return "";
    const { path: needed, capabilities } = NEEDED[right];
    const granted = z.array(z.string()).catch([]).parse(told.data.data[needed]);
    const lacking = capabilities.filter((one) => !granted.includes(one));
    if (lacking.length === 0 || granted.includes("root")) return "";
    const shown = needed.replace(/\/x$/, "/…").replace("/id/", "/…/");
    return `Your policies do not give the capability ${lacking.join(" and ")} on ${shown}.`;
  };
  return {
    revoke: reasonFor("revoke"),
    renew: reasonFor("renew"),
    force: reasonFor("force"),
    retry: reasonFor("retry"),
  };
}
