import { z } from "zod";
import type { Operator, Read } from "@/lib/console/operator";

const Session = z.object({
  id: z.string(),
  operator: z.string(),
  accessor: z.string(),
  way: z.enum(["token", "userpass", "oidc"]),
  /** Of the mount that let them in; empty for a token that was brought along. */
  mount_path: z.string(),
  remote_address: z.string(),
  user_agent: z.string(),
  signed_in_time: z.string(),
  seen_time: z.string(),
  idle_until: z.string(),
  end_time: z.string(),
  own: z.boolean(),
});
const Sessions = z.object({ keys: z.array(z.string()), key_info: z.record(z.string(), Session) });
export type ConsoleSessionRow = z.infer<typeof Session>;

export const SESSIONS_PATH = "sys/leasehold/console-sessions";

/** Console sessions that have not ended, latest first. */
export async function listSessions(operator: Operator): Promise<Read<ConsoleSessionRow[]>> {
  const read = await operator.list(Sessions, SESSIONS_PATH);
  if (!read.ok) return read;
  return { ok: true, data: read.data.keys.flatMap((key) => read.data.key_info[key] ?? []) };
}

/** Whether two sessions are those of one operator: the same name through the same way in. */
export function isSameOperator(one: ConsoleSessionRow, other: ConsoleSessionRow): boolean {
  return one.operator === other.operator && one.mount_path === other.mount_path;
}
