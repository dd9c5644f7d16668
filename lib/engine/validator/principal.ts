import { parseArn } from "@/lib/engine/aws-secrets/arn";

export type PrincipalKind = "user" | "root" | "assumed-role" | "federated-user" | "other";

/** Who the mount's root credential is. */
export type Principal = {
  arn: string;
  account: string;
  kind: PrincipalKind;
  /** A session itself: what it assumes is chained. */
  isTemporary: boolean;
  /** Last segment of the path of a user or role. */
  name: string;
};

/** Access keys of sessions begin so. */
const SESSION_KEY = "ASIA";

/**
 * Reads the ARN that STS answers.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export function principalOf(callerArn: string, accessKey: string): Principal {
  const arn = parseArn(callerArn);
  const resource = arn instanceof Error ? "" : arn.resource;
  const [head = "", ...path] = resource.split("/");
  const kind = kindOf(head);
  const isSession = kind === "assumed-role" || kind === "federated-user";
  return {
    arn: callerArn,
    account: arn instanceof Error ? "" : arn.account,
    kind,
    isTemporary: isSession || accessKey.startsWith(SESSION_KEY),
    name: (kind === "assumed-role" ? path[0] : path.at(-1)) ?? "",
  };
}

function kindOf(head: string): PrincipalKind {
  const kinds: readonly PrincipalKind[] = ["user", "root", "assumed-role", "federated-user"];
  return kinds.find((kind) => kind === head) ?? "other";
}

/** The user or role behind it, as policies name it; of a role the path is not known. */
export function identityArn({ arn, account, kind, name }: Principal): string {
  if (kind !== "assumed-role") return arn;
  const partition = arn.split(":")[1] ?? "aws";
  return `arn:${partition}:iam::${account}:role/${name}`;
}
