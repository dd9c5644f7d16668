/** What the sign-in page says to each refusal; whatever else stands in an address says nothing. */
const TEXTS: Readonly<Record<string, string>> = {
  wrong_credentials: "The username or the password is wrong, or the token is not known here.",
  locked:
    "This name is locked for a while after too many wrong passwords, or may not sign in from your address.",
  too_many: "Too many attempts from your address. Wait a little, then try again.",
  unusable_token:
    "The console takes service tokens without a limit of uses. This one is a batch token, or has few uses left.",
  sealed: "The server is sealed. Until it is unsealed, nobody can sign in.",
  unavailable: "The server cannot sign anybody in at the moment. Try again; its log says why.",
  oidc_claims:
    "The provider did not say who you are. Its administrator can look at the claims it sends.",
  OAuthSignin: "The sign-in provider could not be reached. Try again; the server's log says why.",
  OAuthCallback:
    "The sign-in provider let you back without proof, or the attempt was too old. Start again.",
  Callback: "The sign-in could not be finished. Start again; the server's log says why.",
  AccessDenied: "The sign-in was refused.",
};

/** Null: there is nothing to say. */
export function signInText(why: string | undefined): string | null {
  if (why === undefined || why === "") return null;
  return Object.hasOwn(TEXTS, why)
    ? (TEXTS[why] ?? null)
    : "The sign-in did not work. Start again.";
}
