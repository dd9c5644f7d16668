import { z } from "zod";
import { signInWith } from "@/lib/console/sign-in-client";

const Result = z.union([
  z.object({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), message: z.string() }),
]);

/** Creates the first operator and signs them in, from the set-up page. */
export async function createFirstOperator(form: {
  code: string;
  username: string;
  password: string;
}): Promise<{ ok: true; address: string } | { ok: false; message: string }> {
  const { username, password } = form;
  try {
    const response = await fetch("/api/console/set-up", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(form),
    });
    const created = Result.parse(await response.json());
    if (!created.ok) return created;
  } catch {
    return { ok: false, message: "The server does not answer. Try again." };
  }
  const signedIn = await signInWith("userpass", { mount: "userpass", username, password }, "/");
  return signedIn.ok ? signedIn : { ok: true, address: "/login" };
}
