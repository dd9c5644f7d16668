/** A credential as AWS hands it out; without a session token it is an IAM user's. */
export type CredentialSecret = {
  accessKeyId: string;
  secretAccessKey: string;
  /** Empty: none. */
  sessionToken: string;
  /** ISO 8601; empty: no end of its own. */
  endsAt: string;
};

/** Ways to hand a credential to what uses it. */
export const CREDENTIAL_FORMATS = [
  { id: "bash", label: "Environment (bash)" },
  { id: "powershell", label: "Environment (PowerShell)" },
  { id: "profile", label: "AWS profile" },
  { id: "json", label: "JSON" },
  { id: "process", label: "credential_process" },
] as const;
export type CredentialFormat = (typeof CREDENTIAL_FORMATS)[number]["id"];

/**
 * The credential as a text to paste.
 *
 * @see https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 */
export function formatCredential(
  secret: CredentialSecret,
  format: CredentialFormat,
  profile: string,
): string {
  const { accessKeyId, secretAccessKey, sessionToken, endsAt } = secret;
  const pairs = [
    ["aws_access_key_id", accessKeyId],
    ["aws_secret_access_key", secretAccessKey],
    ["aws_session_token", sessionToken],
  ].filter((pair): pair is [string, string] => pair[1] !== "");
  switch (format) {
    case "bash":
      return pairs.map(([name, value]) => `export ${name.toUpperCase()}='${value}'`).join("\n");
    case "powershell":
      return pairs.map(([name, value]) => `$Env:${name.toUpperCase()} = '${value}'`).join("\n");
    case "profile":
      return [`[${profile}]`, ...pairs.map(([name, value]) => `${name} = ${value}`)].join("\n");
    case "json":
      return JSON.stringify(
        { accessKeyId, secretAccessKey, ...(sessionToken !== "" && { sessionToken }) },
        null,
        2,
      );
    case "process":
      return JSON.stringify({
        Version: 1,
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        ...(sessionToken !== "" && { SessionToken: sessionToken }),
        ...(endsAt !== "" && { Expiration: endsAt }),
      });
  }
}
