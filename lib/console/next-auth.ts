import type { AuthOptions, CookieOption } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import type { OAuthConfig } from "next-auth/providers/oauth";
import { z } from "zod";
import { consoleEngine } from "@/lib/console/engine";
import { safeNext } from "@/lib/console/next-address";
import type { ConsoleRequestFacts } from "@/lib/console/request";
import { sessionCookieName } from "@/lib/console/session-cookie";
import type { OidcProvider, SignInOrigin, SignInWith } from "@/lib/console/sign-in";

/** The browser forgets the cookie when the longest session is over. */
const COOKIE_SECONDS = 12 * 3600;
/** From the sign-in page to the provider and back. */
const DETOUR_SECONDS = 15 * 60;
const OIDC_TIMEOUT_MS = 10_000;

/** Only these paths of the sign-in library are served. */
const SERVED: Readonly<Record<string, readonly string[]>> = {
  GET: ["csrf", "error", "signin", "callback/oidc"],
  POST: ["callback/token", "callback/userpass", "signin/oidc"],
};

export function isServedBySignIn(method: string, path: readonly string[]): boolean {
  return SERVED[method]?.includes(path.join("/")) === true;
}

const TokenForm = z.object({ token: z.string().trim().min(1).max(4096) });
const UserpassForm = z.object({
  mount: z.string().regex(/^\w[\w./-]{0,255}$/),
  username: z.string().regex(/^[^/\p{C}]{1,512}$/u),
  password: z.string().min(1).max(1024),
});

/**
 * Settings of the sign-in library for one request. Its "token" is our session's opaque id and nothing
 * else: `encode` hands it to the cookie, `decode` asks the database.
 *
 * @see https://next-auth.js.org/configuration/options
 */
export async function signInOptions(facts: ConsoleRequestFacts): Promise<AuthOptions> {
  const { oidc } = await consoleEngine().signInWays();
  const origin = { clientAddress: facts.clientAddress, userAgent: facts.userAgent };
  return {
    secret: consoleEngine().signInSecret(),
    session: { strategy: "jwt", maxAge: COOKIE_SECONDS },
    pages: { signIn: "/login", signOut: "/login", error: "/login" },
    cookies: cookiesFor(facts.origin),
    useSecureCookies: facts.origin.startsWith("https:"),
    providers: [byToken(origin), byPassword(origin), ...(oidc === null ? [] : [byProvider(oidc)])],
    jwt: {
      encode: ({ token }) =>
        Promise.resolve(typeof token?.["cookie"] === "string" ? token["cookie"] : ""),
      decode: async ({ token }) => {
        const session = token === undefined ? null : await consoleEngine().session(token);
        return session === null ? null : { cookie: token, name: session.operator };
      },
    },
    callbacks: {
      signIn: ({ user, account, profile }) =>
        account?.provider === "oidc" && oidc !== null
          ? finishOidc(oidc, origin, { user, profile })
          : true,
      jwt: ({ token, user }) =>
        // Only the call that signs in has a user.
        ({ ...token, cookie: Reflect.get(user, "cookie") ?? token["cookie"] }),
      redirect: ({ url, baseUrl }) => {
        const path = url.startsWith(`${baseUrl}/`) ? url.slice(baseUrl.length) : url;
        return `${baseUrl}${safeNext(path)}`;
      },
    },
    logger: {
      error: (code, metadata) =>
        consoleEngine().report(`a sign-in to the console failed: ${code}`, causeOf(metadata)),
      warn: () => undefined,
      debug: () => undefined,
    },
  };
}

function causeOf(metadata: unknown): unknown {
  const error: unknown =
    typeof metadata === "object" && metadata !== null ? Reflect.get(metadata, "error") : undefined;
  return error ?? metadata;
}

function byToken(origin: SignInOrigin) {
  return CredentialsProvider({
    id: "token",
    credentials: { token: {} },
    authorize: (form) =>
      authorize(TokenForm, form, (proof) => ({ ...origin, way: "token", ...proof })),
  });
}

function byPassword(origin: SignInOrigin) {
  return CredentialsProvider({
    id: "userpass",
    credentials: { mount: {}, username: {}, password: {} },
    authorize: (form) =>
      authorize(UserpassForm, form, (proof) => ({ ...origin, way: "userpass", ...proof })),
  });
}

/** The message of the error becomes the `error` of the address that the browser is sent to. */
async function authorize<T>(
  schema: z.ZodType<T>,
  form: unknown,
  way: (proof: T) => SignInWith,
): Promise<{ id: string; cookie: string }> {
  const proof = schema.safeParse(
    Object.fromEntries(Object.entries(form ?? {}).filter(([name]) => IN_FORMS.has(name))),
  );
  if (!proof.success) throw new Error("wrong_credentials");
  const signedIn = await consoleEngine().signIn(way(proof.data));
  if (!signedIn.ok) throw new Error(signedIn.why);
  return { id: signedIn.operator, cookie: signedIn.cookie };
}

/** The library adds fields of its own to what was sent. */
const IN_FORMS: ReadonlySet<string> = new Set(["token", "mount", "username", "password"]);

const Claims = z.looseObject({ sub: z.string().min(1).max(256) });
type Claims = z.infer<typeof Claims>;

function byProvider(oidc: OidcProvider): OAuthConfig<Claims> {
  return {
    id: "oidc",
    name: oidc.name,
    type: "oauth",
    wellKnown: `${oidc.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
    issuer: oidc.issuer,
    clientId: oidc.clientId,
    clientSecret: oidc.clientSecret,
    idToken: true,
    checks: ["pkce", "state", "nonce"],
    authorization: { params: { scope: oidc.scopes } },
    httpOptions: { timeout: OIDC_TIMEOUT_MS },
    userinfo: {
      // Some providers tell groups in the ID token, some to whoever asks.
      request: async ({ tokens, client }) => {
        const claims = Claims.parse(Reflect.apply(claimsOf(tokens), tokens, []));
        if (oidc.groupsClaim in claims || tokens.access_token === undefined) return claims;
        const told = Claims.parse(await client.userinfo(tokens.access_token));
        if (told.sub !== claims.sub) throw new Error("the provider told of somebody else");
        return { ...told, ...claims };
      },
    },
    profile: (claims) => ({ id: Claims.parse(claims).sub }),
  };
}

/** Of the library's set of tokens; it has checked the ID token's signature, audience and nonce. */
function claimsOf(tokens: object): () => unknown {
  const claims: unknown = Reflect.get(tokens, "claims");
  if (typeof claims !== "function") throw new Error("the provider sent no ID token");
  return claims as () => unknown;
}

/** Opens the session of whom the provider has vouched for; a text is the address of the refusal. */
async function finishOidc(
  oidc: OidcProvider,
  origin: SignInOrigin,
  { user, profile }: { user: object; profile?: unknown },
): Promise<true | string> {
  const claims = Claims.safeParse(profile);
  if (!claims.success) return "/login?error=oidc_claims";
  const signedIn = await consoleEngine().signIn({
    ...origin,
    way: "oidc",
    subject: claims.data.sub,
    name: nameOf(claims.data),
    groups: groupsOf(claims.data[oidc.groupsClaim]),
  });
  if (!signedIn.ok) return `/login?error=${signedIn.why}`;
  Object.assign(user, { cookie: signedIn.cookie });
  return true;
}

function nameOf(claims: Claims): string {
  const names = [claims["preferred_username"], claims["email"], claims["name"]];
  return (
    names
      .find((name) => typeof name === "string" && name !== "")
      ?.toString()
      .slice(0, 128) ?? ""
  );
}

function groupsOf(claim: unknown): string[] {
  const list: unknown[] = Array.isArray(claim) ? claim : [claim];
  return list.filter((group) => typeof group === "string");
}

type Cookies = NonNullable<AuthOptions["cookies"]>;

function cookiesFor(origin: string): Cookies {
  const isSecure = origin.startsWith("https:");
  const { port } = new URL(origin);
  const cookie = (name: string, maxAge?: number): CookieOption => ({
    name: isSecure ? `__Host-leasehold-${name}` : `leasehold-${port || "80"}-${name}`,
    options: {
      httpOnly: true,
      // Lax, as the way back from the provider is a navigation from another site.
      sameSite: "lax",
      path: "/",
      secure: isSecure,
      ...(maxAge !== undefined && { maxAge }),
    },
  });
  return {
    sessionToken: { ...cookie("session"), name: sessionCookieName(origin) },
    csrfToken: cookie("csrf"),
    callbackUrl: cookie("next"),
    pkceCodeVerifier: cookie("pkce", DETOUR_SECONDS),
    state: cookie("state", DETOUR_SECONDS),
    nonce: cookie("nonce", DETOUR_SECONDS),
  };
}
