import { AuditPage, type AuditEntry } from "@/lib/console/audit";
import { type AuditAddress, auditParams } from "@/lib/console/audit-address";
import { getJson } from "@/lib/console/get-json";
import type { GapRow } from "@/lib/console/tail-state";

/** Of pages of 50 entries; a gap of more is for the list. */
const PAGES_MAX = 8;

/** The entries that a gap stands for, oldest first. @throws ReadRefused */
export async function loadGap(address: AuditAddress, gap: GapRow): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  let cursor = "";
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const params = auditParams({
      ...address,
      ...{ from: gap.from, to: momentAfter(gap.to), sort: "time", cursor, before: "" },
      ...{ event: "", isLive: false },
    });
    const read = await getJson(`/api/console/audit?${params.toString()}`, NEVER);
    const found = AuditPage.parse(read);
    entries.push(...found.entries);
    if (found.next_cursor === null) return entries;
    cursor = found.next_cursor;
  }
  return entries;
}

const NEVER = new AbortController().signal;

/** The end of a range is left out of it. */
function momentAfter(at: string): string {
  return new Date(new Date(at).getTime() + 1).toISOString();
}
