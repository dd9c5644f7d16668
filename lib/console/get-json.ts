import { z } from "zod";
import { Refusal } from "@/lib/console/refusal";

/** Thrown by `getJson`; TanStack Query hands it to the page as the query's error. */
export class ReadRefused extends Error {
  override readonly name = "ReadRefused";
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

const Refused = z.object({ refusal: Refusal });

/**
 * Reads JSON from a route under /api/console, for the fetchers of TanStack Query.
 *
 * @throws ReadRefused why not, as the server told it or as far as the browser can know.
 */
export async function getJson(path: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(path, { signal, cache: "no-store" });
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body;
  const refused = Refused.safeParse(body);
  throw new ReadRefused(
    refused.success
      ? refused.data.refusal
      : {
          kind: response.status === 401 ? "signed_out" : "unavailable",
          message: `The server answered ${response.status}.`,
          requestId: "",
          capability: "",
          path,
        },
  );
}
