import type { RefusedAnswers, RefusedLogins } from "@/lib/console/overview";

const CAUSES_MAX = 8;
/** `auth/aws/login`, `auth/userpass/login/ann`; not what is configured of logins. */
const LOGIN = /^auth\/.+\/login(?:\/([^/]+))?$/;

/** Entries of refused logins, those with the same cause taken together, most frequent first. */
export function refusedLogins({ entries, next_cursor: next }: RefusedAnswers): RefusedLogins {
  const causes = new Map<string, RefusedLogins["causes"][number]>();
  let total = 0;
  for (const entry of entries) {
    const login = LOGIN.exec(entry.path);
    if (login === null) continue;
    total += 1;
    const cause = entry.error ?? `answered ${entry.status ?? "nothing"}`;
    const role = entry.role ?? login[1] ?? "";
    const source = entry.remote_address ?? "";
    const key = JSON.stringify([alike(cause), entry.mount_path, role, source]);
    const known = causes.get(key);
    if (known !== undefined) {
      known.count += 1;
      continue;
    }
    causes.set(key, {
      cause,
      mount: entry.mount_path ?? "",
      role,
      source,
      count: 1,
      lastAt: entry.at,
      lastRequestId: entry.request_id ?? "",
    });
  }
  return {
    causes: [...causes.values()].sort((one, other) => other.count - one.count).slice(0, CAUSES_MAX),
    total,
    isMore: next !== null,
  };
}

/** Causes that differ in ids, instants and numbers alone are the same. */
function alike(cause: string): string {
  return cause
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, "#")
    .replace(/\d{8}T\d{6}Z/g, "#")
    .replace(/\b\d+\b/g, "#");
}
