import type { CredentialType } from "@/lib/console/secrets-roles";

/** What people need to know of a type of credential before they choose or issue it. */
export type CredentialWords = {
  label: string;
  /** What AWS hands out. */
  means: string;
  /** Whether it can be ended early. */
  ends: string;
};

export const CREDENTIAL_WORDS: Readonly<Record<CredentialType, CredentialWords>> = {
  assumed_role: {
    label: "Assumed role",
    means: "A session of an IAM role that this mount may assume.",
    ends: "Cannot be revoked before it ends, unless it is denied at AWS.",
  },
  iam_user: {
    label: "IAM user",
    means: "A new IAM user with policies, groups, tags and one access key.",
    ends: "Can be revoked at once: the user and its key are deleted at AWS.",
  },
  federation_token: {
    label: "Federation token",
    means: "A session of the mount's own IAM user, narrowed by policies.",
    ends: "Cannot be revoked before it ends, unless it is denied at AWS.",
  },
  session_token: {
    label: "Session token",
    means: "A session with all rights of the mount's own IAM user.",
    ends: "Cannot be revoked before it ends, unless it is denied at AWS.",
  },
};

/** `1,204 live leases`, `more than 10,000 live leases`. */
export function leasesText({ count, isMore }: { count: number; isMore: boolean }): string {
  const number = `${isMore ? "more than " : ""}${count.toLocaleString("en")}`;
  return `${number} live ${count === 1 && !isMore ? "lease" : "leases"}`;
}
