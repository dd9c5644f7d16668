import { SessionEnds } from "@/lib/console/session";

/**
 * Asks the server when the session ends; `keepAlive`: somebody is at the keyboard.
 *
 * @returns null when it has ended. Throws when nobody answers.
 */
export async function askSession(keepAlive: boolean): Promise<SessionEnds | null> {
  const response = await fetch("/api/console/session", {
    method: keepAlive ? "POST" : "GET",
    cache: "no-store",
  });
  if (response.status === 401) return null;
  return SessionEnds.parse(await response.json());
}
