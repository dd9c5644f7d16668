import { z } from "zod";

const Csrf = z.object({ csrfToken: z.string() });
const Sent = z.object({ url: z.string() });

/** Where the browser goes next, or the reason of a refusal. */
export type SignInOutcome = { ok: true; address: string } | { ok: false; why: string };

/**
 * Signs in by one of the ways, from the sign-in page. The proof travels in the body of one POST and
 * nowhere else.
 */
export async function signInWith(
  way: "token" | "userpass" | "oidc",
  proof: Readonly<Record<string, string>>,
  next: string,
): Promise<SignInOutcome> {
  try {
    const { csrfToken } = Csrf.parse(await (await fetch("/api/auth/csrf")).json());
    const response = await fetch(`/api/auth/${way === "oidc" ? "signin" : "callback"}/${way}`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ ...proof, csrfToken, callbackUrl: next, json: "true" }),
    });
    const sent = Sent.safeParse(await response.json().catch(() => null));
    if (!sent.success) return { ok: false, why: "unavailable" };
    const address = new URL(sent.data.url, window.location.origin);
    const why = address.searchParams.get("error");
    if (why !== null && address.origin === window.location.origin) return { ok: false, why };
    return { ok: true, address: address.href };
  } catch {
    return { ok: false, why: "unavailable" };
  }
}
