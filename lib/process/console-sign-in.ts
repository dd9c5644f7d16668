import { z } from "zod";
import type { ConsoleAnswer, ConsoleEngine } from "@/lib/console/engine";
import type { SignInRefusal, SignInRefusalReason, SignInWith } from "@/lib/console/sign-in";
import { openConsoleSession } from "@/lib/engine/console/sign-in";
import { isEngineError } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";

const LoginAnswer = z.object({ auth: z.object({ client_token: z.string().min(1) }) });
const ErrorAnswer = z.object({ errors: z.array(z.string()) });

type Proof = { ok: true; token: string; ownsToken: boolean; alias: string | null };

/**
 * Lets an operator in: the proof is judged by the API's own paths, so a wrong password counts
 * towards the same lock and stands in the same log as one that came over HTTP.
 */
export function consoleSignIn(
  ports: Ports,
  request: ConsoleEngine["request"],
): ConsoleEngine["signIn"] {
  return async (asked) => {
    const proof = await prove(request, asked);
    if (!proof.ok) return proof;
    const token = await ports.tokens.byHmac(ports.keys.hmac("token", proof.token));
    // A batch token has no row; one with a last use is gone by now.
    if (token?.numUses !== 0) return refused("unusable_token");
    try {
      const { cookie } = await openConsoleSession(ports, token, { ...asked, ...proof });
      return { ok: true, cookie: cookie.reveal(), operator: token.displayName };
    } catch (error) {
      if (isEngineError(error)) return refused("unavailable");
      throw error;
    }
  };
}

async function prove(
  request: ConsoleEngine["request"],
  asked: SignInWith,
): Promise<Proof | SignInRefusal> {
  switch (asked.way) {
    case "token":
      return proveToken(request, asked);
    case "userpass":
      return proveLogin(request, asked, {
        path: `auth/${asked.mount}/login/${asked.username}`,
        body: { password: asked.password },
        alias: asked.username.toLowerCase(),
      });
    case "oidc":
      return proveLogin(request, asked, {
        path: "auth/console-oidc/login",
        body: { subject: asked.subject, name: asked.name, groups: asked.groups },
        alias: asked.subject,
      });
  }
}

async function proveToken(
  request: ConsoleEngine["request"],
  { token, clientAddress }: Extract<SignInWith, { way: "token" }>,
): Promise<Proof | SignInRefusal> {
  // A token's own right to look itself up is in the default policy; a 403 for want of it is one for
  // want of everything.
  const answer = await request(null, {
    method: "GET",
    path: "auth/token/lookup-self",
    headers: { "x-vault-token": token },
    clientAddress,
  });
  if (answer.status !== 200) return refused(reasonOf(answer));
  return { ok: true, token, ownsToken: false, alias: null };
}

async function proveLogin(
  request: ConsoleEngine["request"],
  { clientAddress }: SignInWith,
  login: { path: string; body: unknown; alias: string },
): Promise<Proof | SignInRefusal> {
  const { path, body, alias } = login;
  const answer = await request(null, { method: "POST", path, body, clientAddress });
  const parsed = LoginAnswer.safeParse(answer.body);
  // Names that nobody has are locked like others, so saying so tells nothing about them.
  if (answer.status === 403) return refused("locked");
  if (!parsed.success) return refused(reasonOf(answer));
  return { ok: true, token: parsed.data.auth.client_token, ownsToken: true, alias };
}

function reasonOf({ status, body }: ConsoleAnswer): SignInRefusalReason {
  if (status === 503) {
    const said = ErrorAnswer.safeParse(body);
    return said.data?.errors.includes("Vault is sealed") === true ? "sealed" : "unavailable";
  }
  if (status === 429) return "too_many";
  if (status >= 500) return "unavailable";
  return "wrong_credentials";
}

function refused(why: SignInRefusalReason): SignInRefusal {
  return { ok: false, why };
}
