import { getJson } from "@/lib/console/get-json";
import { Found } from "@/lib/console/find-found";
import { secretIn } from "@/lib/console/find-text";

/**
 * Asks the server for what a text names.
 *
 * @throws ReadRefused why not. @throws Error when the text holds a secret: it is not sent.
 */
export async function findText(text: string, signal: AbortSignal): Promise<Found> {
  if (secretIn(text) !== null) throw new Error("A secret is not sent.");
  const query = new URLSearchParams({ text }).toString();
  return Found.parse(await getJson(`/api/console/find?${query}`, signal));
}
