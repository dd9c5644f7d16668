/** The checks in their order, in a word or two. */
export const STEPS: Readonly<Record<string, string>> = {
  request: "Readable request",
  action: "GetCallerIdentity",
  headers: "Readable headers",
  signature: "One signature",
  server_id: "Server-ID",
  coverage: "Signed headers",
  extras: "Allowed headers",
  endpoint: "STS endpoint",
  sts: "Verified by STS",
  session: "Session not revoked",
  allow_list: "Admitted by the mount",
  role: "Role exists",
  network: "Client’s network",
  role_type: "Type of role",
  principal: "Principal is bound",
  instance: "EC2 instance",
  freeze: "Not frozen",
  grant: "Token granted",
  replay: "Not used before",
};

/** Why a check failed, where there is more than one way to. */
export const CAUSES: Readonly<Record<string, string>> = {
  missing: "Server-ID not sent",
  different: "signed for another server",
  not_signed: "Server-ID or request not signed",
  signed_twice: "signed twice",
  date_not_signed: "date not signed",
  host_not_signed: "host not signed",
  header_not_allowed: "header not allowed",
  parameter_not_allowed: "parameter not allowed",
  no_region: "no region",
  unknown_region: "unknown region",
  clock: "clock is off",
  region: "signed for another region",
  signature: "wrong signature",
  unknown_key: "AWS does not know the key",
  expired_token: "credentials had expired",
  denied_by_aws: "denied by AWS",
  throttled: "throttled by AWS",
  busy: "too many logins at once",
  unreachable: "STS not reached",
  sts_failed: "STS failed",
  unreadable_answer: "answer not readable",
  unknown_role: "no such role",
  recreated: "principal was made anew",
  policy_bound: "a policy is bound",
  session_bound: "a session is bound",
  other_account: "another account is bound",
  other_path: "another path is bound",
  other_kind: "user and role mixed up",
  other_principal: "another principal is bound",
  lookup_failed: "principal could not be looked up",
};

export function stepText(step: string): string {
  return STEPS[step] ?? step.replaceAll("_", " ");
}

/** Null: the check itself says all. */
export function causeText(cause: string | null): string | null {
  if (cause === null || cause === "") return null;
  return CAUSES[cause] ?? cause.replaceAll("_", " ");
}
