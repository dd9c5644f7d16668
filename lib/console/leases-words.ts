import type { Lease } from "@/lib/console/leases";
import { CREDENTIAL_TYPES } from "@/lib/console/secrets-roles";
import { CREDENTIAL_WORDS } from "@/lib/console/secrets-words";

/** What the lists call the states that leases are searched by. */
export const STATE_WORDS: Readonly<Record<string, string>> = {
  live: "live",
  active: "active",
  revoking: "being revoked",
  irrevocable: "cannot be revoked",
  ended: "ended",
  any: "live or ended",
};

export function typeText(kind: string): string {
  const known = CREDENTIAL_TYPES.find((type) => type === kind);
  return known === undefined ? kind : CREDENTIAL_WORDS[known].label;
}

/** Which of the states of a lease is shown: also whether AWS honours what has ended here. */
export function shownState(
  lease: Lease,
  now: number,
):
  | "active"
  | "revoking"
  | "stuck"
  | "irrevocable"
  | "expired"
  | "revoked"
  | "forced"
  | "valid_at_aws" {
  if (lease.state === "irrevocable") return "irrevocable";
  if (lease.state !== "ended") {
    if (lease.last_error !== null) return "stuck";
    return lease.state;
  }
  if (lease.outcome === "forced") return "forced";
  if (isHonoured(lease, now)) return "valid_at_aws";
  return lease.outcome === "expired" ? "expired" : "revoked";
}

/** True while AWS takes the credential, whatever has become of the lease. */
export function isHonoured(lease: Lease, now: number): boolean {
  if (isUser(lease)) return lease.state !== "ended";
  if (isDenied(lease)) return false;
  return lease.aws_ends_at !== null && Date.parse(lease.aws_ends_at) > now;
}

function isUser(lease: Lease): boolean {
  return lease.credential_type === "iam_user";
}

/** True once AWS has taken the denial of its session, or its role is gone. */
export function isDenied({ denial_state: state }: Lease): boolean {
  return state === "applied" || state === "verified" || state === "moot";
}

/** `15:40 UTC`, with the day where it is not today's. */
export function clockText(at: string, now: number): string {
  const day = at.slice(0, 10) === new Date(now).toISOString().slice(0, 10);
  const time = new Date(at).toISOString();
  return day ? `${time.slice(11, 16)} UTC` : `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
}

/** What revoking does, as its button says it. */
export function revokeLabel(lease: Lease, now: number): string {
  if (isUser(lease)) return "Delete the IAM user";
  if (lease.stops_at_aws && isHonoured(lease, now)) return "Deny this session at AWS";
  if (lease.aws_ends_at === null) return "Forget lease (AWS does not say when it stops)";
  if (!isHonoured(lease, now)) return "Forget lease (over at AWS)";
  return `Forget lease (stays valid at AWS until ${clockText(lease.aws_ends_at, now)})`;
}

/** What revoking will stop, and what it will not. */
export function revokePreview(lease: Lease, now: number): { stops: string; stays: string } {
  if (lease.stops_at_aws && !isUser(lease)) {
    return {
      stops: `A Deny for exactly this session is written at AWS${lease.role_arn === null ? "" : `, on ${lease.role_arn}`}. AWS takes seconds to minutes until it counts everywhere; other sessions go on.`,
      stays:
        "Resources that were made with it stay, and so do other roles’ sessions that it opened.",
    };
  }
  if (isUser(lease)) {
    return {
      stops: `AWS deletes the IAM user ${lease.user_name ?? "behind it"} with its access key ${lease.access_key_id ?? ""}. Whatever works with that key stops at once.`,
      stays: "Resources that were made with it stay, and so do role sessions that it opened.",
    };
  }
  return {
    stops: "The lease ends here: nobody finds it as live any more, and nothing renews it.",
    stays: honouredText(lease, now),
  };
}

/** Until when AWS takes a session that only ends by itself. */
function honouredText(lease: Lease, now: number): string {
  if (lease.aws_ends_at === null) return "AWS takes the session until it ends by itself.";
  if (!isHonoured(lease, now)) return "The AWS session is over.";
  return `The AWS session stays valid until ${clockText(lease.aws_ends_at, now)}. Only a deny at AWS stops it earlier.`;
}

/** After a lease ended, by what its job says came of it: what happened, and what is still true. */
export function revokedText(
  lease: Lease,
  outcome: string | null,
  now: number,
): { happened: string; stillTrue: string } {
  if (outcome === "stopped_at_aws" && !isUser(lease)) {
    return {
      happened: "AWS has taken the denial of this session.",
      stillTrue:
        "AWS takes seconds to minutes until it counts everywhere; the lease’s page says when it was read back.",
    };
  }
  if (outcome === "stopped_at_aws") {
    return {
      happened: `AWS deleted the IAM user ${lease.user_name ?? ""} and its access key ${lease.access_key_id ?? ""}.`,
      stillTrue: "No credential of this lease works any more. Role sessions that it opened may.",
    };
  }
  if (outcome === "already_ended") {
    return { happened: "The lease had ended before.", stillTrue: honouredText(lease, now) };
  }
  return {
    happened: "The lease ended here. Nothing was changed at AWS.",
    stillTrue: honouredText(lease, now),
  };
}

/** How a lease stands, in a sentence or two. */
export function stateSentence(lease: Lease, now: number): string {
  const what = isUser(lease) ? "The IAM user" : "The AWS session";
  if (lease.state === "ended") return endedSentence(lease, now);
  if (lease.state === "irrevocable") {
    return `${what} could not be removed in ${lease.attempts} attempts and may still work. It is tried again, at most 15 minutes apart.`;
  }
  if (lease.state === "revoking") {
    return `The lease is over and its credential is being taken away${lease.attempts > 0 ? `; ${lease.attempts} attempts failed so far` : ""}.`;
  }
  const end = endOf(lease);
  const first = `Active: ${what.toLowerCase().replace("aws", "AWS").replace("iam", "IAM")} works until ${clockText(end.at, now)}`;
  const failed = lease.last_error === null ? "" : " The last attempt to revoke it failed.";
  return `${first}, when ${end.because}.${failed}`;
}

function endedSentence(lease: Lease, now: number): string {
  const at = lease.ended_at === null ? "" : ` at ${clockText(lease.ended_at, now)}`;
  if (lease.outcome === "forced") {
    return `Forgotten by force${at}: what it stood for may still exist at AWS.`;
  }
  const how = lease.outcome === "expired" ? "Expired" : "Revoked";
  if (lease.denial_state === "verified") {
    return `${how}${at}. AWS denies the session, which was read back from AWS.`;
  }
  if (lease.denial_state === "applied") {
    return `${how}${at}. AWS has taken the denial of the session; it may take minutes until it counts everywhere.`;
  }
  if (isUser(lease)) return `${how}${at}. The IAM user and its key are gone at AWS.`;
  if (isHonoured(lease, now)) return `${how}${at}. ${honouredText(lease, now)}`;
  return `${how}${at}. The AWS session is over too.`;
}

/** When the lease ends as things stand, and what ends it. */
export function endOf(lease: Lease): { at: string; because: string } {
  if (lease.ends_by === "token" && lease.token_ends_at !== null) {
    return { at: lease.token_ends_at, because: "the token that holds it ends, unless renewed" };
  }
  if (lease.ends_by === "aws_session") {
    return { at: lease.expires_at, because: "the session ends at AWS" };
  }
  return { at: lease.expires_at, because: "its time to live is over" };
}

/** What limits the life of a lease, in the API's terms. */
export const TERM_WORDS: Readonly<Record<string, { label: string; means: string }>> = {
  lease: { label: "Lease end", means: "when this lease ends as it stands" },
  aws_session: { label: "AWS session", means: "told by AWS when it was issued" },
  token: { label: "Token end", means: "all leases of a token end with it; renewing moves it" },
  requested: {
    label: "Requested",
    means: "asked for by the holder, or set by a configuration that has changed since",
  },
  role_default: { label: "Role default", means: "the role’s default TTL" },
  role_max: { label: "Role maximum", means: "the role’s maximum TTL" },
  lease_default: { label: "Mount’s lease default", means: "config/lease of the mount" },
  lease_max: { label: "Mount’s lease maximum", means: "config/lease of the mount" },
  mount_default: { label: "Mount default", means: "the default TTL of the mount or the system" },
  mount_max: { label: "Mount maximum", means: "the maximum TTL of the mount or the system" },
  role_chaining: {
    label: "Role chaining hour",
    means: "holds if the mount’s own credential is a role’s session",
  },
};

/** The last four characters of a key id: enough to recognise it in a list. */
export function lastFour(accessKeyId: string | null): string {
  return accessKeyId === null ? "–" : `…${accessKeyId.slice(-4)}`;
}

/** `1,204`, `10,000+`. */
export function countText({ count, isMore }: { count: number; isMore: boolean }): string {
  return `${count.toLocaleString("en")}${isMore ? "+" : ""}`;
}

export function leasesWord(count: number): string {
  return `${count.toLocaleString("en")} ${count === 1 ? "lease" : "leases"}`;
}

/** What a credential is at AWS: the role or user, whichever the type has. */
export function awsIdentity(lease: Lease): string {
  if (lease.user_name !== null) return lease.user_name;
  if (lease.role_arn !== null) return lease.role_arn;
  return lease.session_name ?? lease.account ?? "";
}
