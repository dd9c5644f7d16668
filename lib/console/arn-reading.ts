import { isEngineError } from "@/lib/engine/errors";
import { canonicalArn, parsePrincipalArn } from "@/lib/engine/aws-auth/principal";

/** What a pasted text is, and what a role would bind by it. */
export type ArnReading =
  | {
      state: "binds";
      /** What is stored: not always what was pasted. */
      arn: string;
      /** "IAM role app-task" */
      what: string;
      /** A sentence: who may log in. */
      matches: string;
      /** What else is to be known. */
      note: string;
    }
  | { state: "refused"; what: string; why: string; corrections: Correction[] };

/** Something near the refused text that can be bound. */
export type Correction = { arn: string; label: string };

const ACCOUNT = /^\d{12}$/;
const UNIQUE_ID = /^(?:AROA|AIDA|AIPA|AGPA)[A-Z0-9]{8,}$/;
const ACCESS_KEY_ID = /^(?:AKIA|ASIA)[A-Z0-9]{8,}$/;

/**
 * Reads one entry for a role's bound principals. `isResolved`: ids are resolved when the role is saved.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
 */
export function readArn(pasted: string, isResolved: boolean): ArnReading {
  const text = pasted.trim().replace(/^["']|["',]+$/g, "");
  if (!text.startsWith("arn:")) return notAnArn(text);
  if (text.endsWith("*")) return wildcard(text);
  const [, partition = "", service = "", , account = "", resource = ""] = text.split(":");
  if (service !== "iam" && service !== "sts") return ofOtherService(service, resource);
  const refused = refusedResource({ partition, account, resource });
  if (refused !== null) return refused;
  try {
    return bound(text, isResolved);
  } catch (error) {
    if (!isEngineError(error)) throw error;
    return refusal("not an ARN of a principal", `${error.message}.`);
  }
}

/** Several entries pasted at once: by line, comma or blank. */
export function splitArns(pasted: string): string[] {
  return pasted
    .split(/[\s,]+/)
    .map((entry) => entry.replace(/^["']|["']$/g, ""))
    .filter((entry) => entry !== "");
}

function refusal(what: string, why: string, corrections: Correction[] = []): ArnReading {
  return { state: "refused", what, why, corrections };
}

function notAnArn(text: string): ArnReading {
  if (ACCOUNT.test(text)) {
    return refusal("an account id", "An account by itself binds nobody.", [
      { arn: `arn:aws:iam::${text}:role/*`, label: "every role of the account" },
    ]);
  }
  if (UNIQUE_ID.test(text)) {
    return refusal(
      "a unique id",
      "Bind the principal’s ARN: its unique id is looked up when the role is saved.",
    );
  }
  if (ACCESS_KEY_ID.test(text)) {
    return refusal(
      "an access key id",
      "A key belongs to a principal. Bind the ARN that aws sts get-caller-identity tells for it.",
    );
  }
  return refusal(
    "not an ARN",
    "A principal is named by its ARN: arn:aws:iam::<account>:role/<name>.",
  );
}

function ofOtherService(service: string, resource: string): ArnReading {
  const [kind = ""] = resource.split(/[/:]/);
  if (service === "ec2" && kind === "instance") {
    return refusal(
      "an EC2 instance",
      "An instance logs in as the role of its instance profile. Bind that role, and the instance under “EC2 instances”.",
    );
  }
  if (service === "lambda") {
    return refusal(
      "a Lambda function",
      "A function logs in as its execution role. Bind that role.",
    );
  }
  if (service === "ecs" || service === "eks") {
    return refusal(
      `a resource of ${service}`,
      "Its tasks and pods log in as their IAM role. Bind that role.",
    );
  }
  return refusal(
    `a resource of ${service === "" ? "no service" : service}`,
    "Only IAM users and roles can log in.",
  );
}

type Parts = { partition: string; account: string; resource: string };

function refusedResource({ partition, account, resource }: Parts): ArnReading | null {
  const [kind = "", ...rest] = resource.split("/");
  const name = rest.at(-1) ?? "";
  const iam = `arn:${partition}:iam::${account}:`;
  switch (kind) {
    case "root":
      return refusal("the account itself", "Its root user cannot be bound.", [
        { arn: `${iam}role/*`, label: "every role of the account" },
        { arn: `${iam}*`, label: "every role and user of the account" },
      ]);
    case "policy":
      return refusal("a policy", "A policy is a set of permissions; nobody logs in as one.");
    case "group":
      return refusal("a group", "A group has no credentials. Bind its users, or better a role.");
    case "instance-profile":
      return refusal("an instance profile", "Its instances log in as the role that it holds.", [
        { arn: `${iam}role/${name}`, label: "the role of the same name, if it holds that" },
      ]);
    case "federated-user":
      return refusal(
        "a federated user",
        "Federated users cannot be bound. Bind a role they assume.",
      );
    case "saml-provider":
    case "oidc-provider":
      return refusal("an identity provider", "Bind the role that its users assume.");
    default:
      return null;
  }
}

function bound(text: string, isResolved: boolean): ArnReading {
  const principal = parsePrincipalArn(text);
  const { account, name, path } = principal;
  const canonical = canonicalArn(principal);
  if (!ACCOUNT.test(account)) {
    return refusal("an ARN without its account", "An account has twelve digits.");
  }
  if (principal.type === "assumed-role") {
    return {
      state: "binds",
      arn: canonical,
      what: `assumed-role session of role ${name}`,
      matches: `Binds ${canonical}: every session of that role, whatever its name.`,
      note: "",
    };
  }
  const what = `IAM ${principal.type} ${name} of account ${account}`;
  if (!isResolved && path !== "") {
    return refusal(
      what,
      "AWS leaves the path out when it tells who signed, and without unique ids that is compared.",
      [{ arn: canonical, label: "the same without its path" }],
    );
  }
  return {
    state: "binds",
    arn: text,
    what,
    matches:
      principal.type === "user"
        ? "Whoever holds credentials of this user."
        : "Every session of this role.",
    note: isResolved
      ? "By its unique id: when it is deleted and made again, it is somebody else."
      : "By its name: when it is deleted and made again, the new one may log in too.",
  };
}

function wildcard(text: string): ArnReading {
  const parts = text.split(":");
  const [, partition = "", service = "", , account = "", resource = ""] = parts;
  if (parts.length !== 6 || partition.includes("*") || !ACCOUNT.test(account)) {
    return refusal(
      "a wildcard over accounts",
      "In front of a wildcard stands one account: arn:aws:iam::<account>:role/<prefix>*.",
    );
  }
  if (service === "sts") {
    const role = /^assumed-role\/([^/*]+)/.exec(resource)?.[1];
    const arn = `arn:${partition}:iam::${account}:role/${role ?? "*"}`;
    return refusal(
      "a wildcard for sessions",
      "It is compared with the ARN of the role, which no session’s ARN begins like.",
      [{ arn, label: role === undefined ? "every role of the account" : "the role itself" }],
    );
  }
  if (service !== "iam") return ofOtherService(service, resource);
  return wildcardOfIam(text, account, resource.slice(0, -1));
}

function wildcardOfIam(arn: string, account: string, prefix: string): ArnReading {
  const kinds = (["role", "user"] as const).filter(
    (kind) => prefix.startsWith(`${kind}/`) || `${kind}/`.startsWith(prefix),
  );
  if (kinds.length === 0) {
    return refusal("a wildcard that matches nobody", "Principals begin with role/ or user/.");
  }
  const begun = prefix.split("/").slice(1).join("/");
  const who = kinds.map((kind) => `${kind}s`).join(" and ");
  const isWhole = begun === "";
  return {
    state: "binds",
    arn,
    what: `${isWhole ? "all" : "some"} ${who} of account ${account}`,
    matches: isWhole
      ? `All ${who} of the account, also those to come.`
      : `All ${who} whose path and name begin with “${begun}”, also those to come.`,
    note: wildcardNote(begun),
  };
}

/** A name that merely begins the same is admitted too; a path that ends in its slash is what is meant. */
function wildcardNote(begun: string): string {
  const asked = "The mount asks IAM for the full ARN at each first login, so it needs iam:GetRole.";
  if (begun === "" || begun.endsWith("/")) return asked;
  return `“${begun}-anything” is admitted as well: end it with a slash to mean a path. ${asked}`;
}
