import { cookies, headers } from "next/headers";
import { sessionCookieName } from "@/lib/console/session-cookie";

/** What the console's front says of a request; see lib/process/console-front.ts. */
export type ConsoleRequestFacts = {
  /** The only origin that changes are accepted from. Empty: no front spoke, and nothing is accepted. */
  origin: string;
  clientAddress: string;
  /** Path and query as asked for. */
  target: string;
  nonce: string;
  userAgent: string;
  /** Milliseconds since 1970. */
  renderedAt: number;
};

export async function requestFacts(): Promise<ConsoleRequestFacts> {
  const all = await headers();
  return {
    origin: all.get("x-leasehold-origin") ?? "",
    clientAddress: all.get("x-leasehold-client") ?? "",
    target: all.get("x-leasehold-target") ?? "/",
    nonce: all.get("x-leasehold-nonce") ?? "",
    userAgent: all.get("user-agent") ?? "",
    renderedAt: Date.now(),
  };
}

/**
 * True when one of our own pages made the request. Asked again here, where the change is made, so that
 * nothing depends on what stands in front.
 */
export async function isFromOwnPage(): Promise<boolean> {
  const { origin } = await requestFacts();
  return origin !== "" && (await headers()).get("origin") === origin;
}

/** The value of the cookie that holds the id of the session; null: there is none. */
export async function sessionCookie(): Promise<string | null> {
  const { origin } = await requestFacts();
  if (origin === "") return null;
  return (await cookies()).get(sessionCookieName(origin))?.value ?? null;
}
