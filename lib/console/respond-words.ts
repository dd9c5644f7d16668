import type { Lease } from "@/lib/console/leases";
import { isHonoured, stateSentence, typeText } from "@/lib/console/leases-words";

export type Verdict = {
  type: "error" | "in-progress" | "success" | "warning" | "stopped";
  text: string;
};

/** Whether a credential can still do harm, as far as is known; never greener than it is. */
export function verdictOf(lease: Lease, now: number): Verdict {
  if (lease.state === "revoking") {
    return { type: "in-progress", text: "Not dead yet: AWS is being told" };
  }
  if (lease.state === "irrevocable") return { type: "error", text: "Not dead: AWS refuses" };
  if (lease.state !== "ended") {
    return lease.last_error === null
      ? { type: "error", text: "Works now" }
      : { type: "error", text: "Not dead: the last attempt failed, it is tried again" };
  }
  if (lease.outcome === "forced") {
    return { type: "warning", text: "Not known: it was forgotten without AWS’s word" };
  }
  if (lease.denial_state === "applied") {
    return { type: "in-progress", text: "Denied at AWS; waiting until AWS shows it" };
  }
  if (lease.denial_state === "verified") {
    return { type: "success", text: "Stopped, and verified at AWS" };
  }
  if (isHonoured(lease, now)) {
    return { type: "warning", text: "Ended here, and still valid at AWS" };
  }
  if (lease.credential_type === "iam_user") {
    return { type: "success", text: "Stopped: AWS has deleted the user and its key" };
  }
  return { type: "stopped", text: "Over: the session has ended at AWS" };
}

/** The same for a ticket or a chat, without anything secret. */
export function summaryOf(lease: Lease, now: number): string {
  const facts: [string, string | null][] = [
    ["Access key id", lease.access_key_id],
    ["State", `${verdictOf(lease, now).text}. ${stateSentence(lease, now)}`],
    ["Type", typeText(lease.credential_type)],
    ["Role", `${lease.mount_path ?? ""}${lease.role}`],
    ["AWS account", lease.account],
    ["Held by", lease.principal ?? lease.holder],
    ["Issued", lease.issued_at],
    ["Ends at AWS", lease.aws_ends_at],
    ["Lease", lease.lease_id],
  ];
  return facts
    .filter(([, value]) => value !== null && value !== "")
    .map(([label, value]) => `- ${label}: ${value ?? ""}`)
    .join("\n");
}
