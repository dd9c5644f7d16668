import type { FallingLeases, TokenDetail } from "@/lib/console/tokens";

/** What the terms that bound a token are called. */
const TERMS: Readonly<Record<string, string>> = {
  token: "End as it stands",
  explicit_max: "Explicit maximum of the token",
  role_max: "Longest time of its role",
  mount_max: "Longest time of its mount",
};

export function termText(term: string): string {
  return TERMS[term] ?? term.replaceAll("_", " ");
}

/** The term that no renewal gets past; null: nothing but renewing in time bounds it. */
export function bindingTerm({ limits, renewable }: TokenDetail): string | null {
  if (!renewable) return limits.some(({ term }) => term === "token") ? "token" : null;
  const caps = limits.filter(({ term }) => term !== "token");
  const [first] = caps.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  return first?.term ?? null;
}

const KINDS: Readonly<Record<string, string>> = {
  iam_user: "IAM users",
  assumed_role: "sessions of assumed roles",
  federation_token: "federation tokens",
  session_token: "session tokens",
};

export function kindText(kind: string): string {
  return KINDS[kind] ?? kind.replaceAll("_", " ");
}

/** What the end of its leases means, of one type of credential. */
export function fallText({ stops_at_aws: stops, credential_type: type }: FallingLeases): string {
  if (stops && type !== "iam_user") {
    return "Stop working: their sessions are denied at AWS, tried again until it succeeds.";
  }
  return stops
    ? "Stop working: key and user are deleted at AWS, tried again until it succeeds."
    : "End here only. AWS honours what was handed out until its own end, unless it is denied there.";
}

/** What AWS goes on honouring, as a sentence for whoever revoked; empty: nothing. */
export function stillValidText(groups: readonly FallingLeases[]): string {
  const honoured = groups.filter(({ stops_at_aws: stops }) => !stops);
  const ended = groups.filter(({ stops_at_aws: stops }) => stops);
  const until = honoured
    .map(({ aws_honours_until: at }) => at ?? "")
    .sort()
    .at(-1);
  const count = honoured.reduce((sum, group) => sum + group.count, 0);
  return [
    ...(ended.length > 0
      ? ["Keys of IAM users are deleted at AWS in the background; their leases tell how it goes."]
      : []),
    ...(count > 0
      ? [
          `${count} AWS ${count === 1 ? "session stays" : "sessions stay"} valid${untilText(until)}, unless denied at AWS.`,
        ]
      : []),
  ].join(" ");
}

function untilText(at: string | undefined): string {
  if (at === undefined || at === "") return "";
  return ` until ${at.slice(0, 16).replace("T", " ")} UTC at the latest`;
}
