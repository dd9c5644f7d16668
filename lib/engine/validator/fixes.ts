import type { Fix } from "@/lib/engine/validator/finding";

/** What names a role in commands. */
export type Named = { mountPath: string; role: string };

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html */
const SESSION_SECONDS_MIN = 3600;
const SESSION_SECONDS_MAX = 43_200;

/** A change of our own role: as command and as Terraform. */
export function roleFix(named: Named, text: string, fields: Record<string, string | number>): Fix {
  const pairs = Object.entries(fields);
  const path = `${named.mountPath}roles/${named.role}`;
  return {
    text,
    cli: `vault write ${path} ${pairs.map(([name, value]) => `${name}=${shellWord(value)}`).join(" ")}`,
    terraform: block("vault_aws_secret_backend_role", named.role, [
      ["backend", named.mountPath.replace(/\/$/, "")],
      ["name", named.role],
      ...pairs,
    ]),
  };
}

/** Both ways out of a lifetime over a target's limit: less here, or more there. */
export function limitFix(
  named: Named,
  terms: { field: string; targetArn: string; limitSeconds: number; wantedSeconds: number },
): Fix {
  const { field, targetArn, limitSeconds, wantedSeconds } = terms;
  const lower = roleFix(named, "", { [field]: limitSeconds });
  const verb = field === "max_sts_ttl" ? "Set" : "Lower";
  const lowerText = `${verb} ${field} to at most ${limitSeconds} s`;
  const name = targetArn.split("/").at(-1) ?? "";
  if (name === "" || wantedSeconds > SESSION_SECONDS_MAX)
    return { ...lower, text: `${lowerText}.` };
  const raised = Math.max(SESSION_SECONDS_MIN, wantedSeconds);
  return {
    text: `${lowerText}, or raise MaxSessionDuration of ${targetArn} to at least ${raised} s.`,
    cli: `# lower the TTL here:\n${lower.cli}\n# or raise the limit at AWS:\naws iam update-role --role-name ${name} --max-session-duration ${raised}`,
    terraform: `# lower the TTL here:\n${lower.terraform}\n\n# or raise the limit at AWS:\n${block("aws_iam_role", name, [["max_session_duration", raised]])}`,
  };
}

/** The right that the validator lacks. */
export function readerFix(principalArn: string | null, targetArn: string): Fix {
  const statement = { Effect: "Allow", Action: "iam:GetRole", Resource: targetArn };
  const document = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const name = principalArn?.split("/").at(-1) ?? "PRINCIPAL";
  return {
    text: `Allow iam:GetRole on ${targetArn} to ${principalArn ?? "the mount's principal"}.`,
    cli: `aws iam put-user-policy --user-name ${name} --policy-name leasehold-validator --policy-document '${document}'`,
    terraform: `resource "aws_iam_user_policy" "leasehold_validator" {\n  user   = "${name}"\n  policy = jsonencode({\n    Version   = "2012-10-17"\n    Statement = [{ Effect = "Allow", Action = "iam:GetRole", Resource = "${targetArn}" }]\n  })\n}`,
  };
}

/** A role in another account that may look there. */
export function accountReaderFix(mountPath: string, account: string): Fix {
  const arn = `arn:aws:iam::${account}:role/leasehold-reader`;
  return {
    text: `Create a role in account ${account} that may iam:GetRole on its targets and trusts the mount's principal, and name it in config/accounts/${account}.`,
    cli: `vault write ${mountPath}config/accounts/${account} reader_role_arn=${arn}`,
    terraform: `resource "vault_generic_endpoint" "reader_${account}" {\n  path      = "${mountPath}config/accounts/${account}"\n  data_json = jsonencode({ reader_role_arn = "${arn}" })\n}`,
  };
}

/** A change of the target's trust policy. */
export function trustFix(targetArn: string, text: string): Fix {
  const name = targetArn.split("/").at(-1) ?? "";
  return {
    text,
    cli: `aws iam update-assume-role-policy --role-name ${name} --policy-document file://trust.json`,
    terraform: `resource "aws_iam_role" ${JSON.stringify(name)} {\n  # ${text}\n  assume_role_policy = file("trust.json")\n}`,
  };
}

function block(
  type: string,
  name: string,
  fields: readonly (readonly [string, string | number])[],
): string {
  const width = Math.max(...fields.map(([field]) => field.length));
  const lines = fields.map(
    ([field, value]) => `  ${field.padEnd(width)} = ${JSON.stringify(value)}`,
  );
  return `resource "${type}" ${JSON.stringify(name)} {\n${lines.join("\n")}\n}`;
}

function shellWord(value: string | number): string {
  const text = String(value);
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
