/** What a role may hand out. */
export const CREDENTIAL_TYPES = [
  "iam_user",
  "assumed_role",
  "federation_token",
  "session_token",
] as const;
export type CredentialType = (typeof CREDENTIAL_TYPES)[number];

/** The type that `text` names; null when it names none. */
export function findCredentialType(text: string): CredentialType | null {
  return CREDENTIAL_TYPES.find((type) => type === text) ?? null;
}

/** True for the three types whose credentials AWS itself ends. */
export function isStsType(type: string): boolean {
  return type === "assumed_role" || type === "federation_token" || type === "session_token";
}
