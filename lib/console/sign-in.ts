/** Where a sign-in comes from, as the audit log and the list of sessions tell it. */
export type SignInOrigin = { clientAddress: string; userAgent: string };

/** The ways in. Secrets are used once and kept nowhere. */
export type SignInWith = SignInOrigin &
  (
    | { way: "token"; token: string }
    | { way: "userpass"; mount: string; username: string; password: string }
    | { way: "oidc"; subject: string; name: string; groups: readonly string[] }
  );

/** A provider of OpenID Connect, and how we are known there. */
export type OidcProvider = {
  /** For the button: "Sign in with …". */
  name: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
  scopes: string;
  groupsClaim: string;
};

export type SignInWays = {
  oidc: OidcProvider | null;
  /** Nobody can sign in yet but with a token: the first operator is to be created. */
  awaitsFirstOperator: boolean;
};

export type FirstOperatorForm = {
  code: string;
  username: string;
  password: string;
};

export type FirstOperatorResult = { ok: true } | { ok: false; message: string };

/** `cookie` is the value that the browser keeps; it is stored by its hash alone. */
export type SignedIn = { ok: true; cookie: string; operator: string };

/** Why not; the sign-in page has a sentence for each. */
export type SignInRefusal = { ok: false; why: SignInRefusalReason };

export const SIGN_IN_REFUSALS = [
  "wrong_credentials",
  "locked",
  "too_many",
  "unusable_token",
  "sealed",
  "unavailable",
] as const;
export type SignInRefusalReason = (typeof SIGN_IN_REFUSALS)[number];
