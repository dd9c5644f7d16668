import { invalidRequest } from "@/lib/engine/errors";

export type PrincipalType = "user" | "role" | "assumed-role" | "instance-profile";

/** An AWS identity, taken apart. */
export type Principal = {
  partition: string;
  account: string;
  type: PrincipalType;
  /** Without slashes at its ends; empty for none, and always for assumed roles. */
  path: string;
  /** Friendly name: of the user, the role or the instance profile. */
  name: string;
  /** Session name of an assumed role, else empty. */
  session: string;
};

/**
 * Takes a principal ARN apart.
 *
 * @throws EngineError `invalid_request`: account root, federated users and all that is no principal.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
 */
export function parsePrincipalArn(arn: string): Principal {
  const parts = arn.split(":");
  if (parts.length !== 6) {
    throw invalidRequest(
      `unrecognized arn: contains ${parts.length} colon-separated parts, expected 6`,
    );
  }
  const [prefix = "", partition = "", service = "", , account = "", resource = ""] = parts;
  if (prefix !== "arn") throw invalidRequest(`unrecognized arn: does not begin with "arn:"`);
  if (service !== "iam" && service !== "sts") {
    throw invalidRequest(`unrecognized service: ${service}, not one of iam or sts`);
  }
  const segments = resource.split("/");
  if (segments.length < 2) {
    throw invalidRequest(
      `unrecognized arn: "${resource}" contains fewer than 2 slash-separated parts`,
    );
  }
  return { partition, account, ...readResource(resource, segments) };
}

type Resource = Pick<Principal, "type" | "path" | "name" | "session">;

function readResource(resource: string, segments: readonly string[]): Resource {
  const [type = "", second = "", session = ""] = segments;
  switch (type) {
    case "assumed-role":
      if (segments.length < 3) {
        throw invalidRequest(
          `unrecognized arn: "${resource}" contains fewer than 3 slash-separated parts`,
        );
      }
      // Neither role nor session names hold slashes, and AWS drops the path of the role here.
      if (segments.length > 3) {
        throw invalidRequest(
          `unrecognized arn: "${resource}" contains more than 3 slash-separated parts`,
        );
      }
      return { type, path: "", name: named(second, resource), session: named(session, resource) };
    case "user":
    case "role":
    case "instance-profile":
      return {
        type,
        path: segments.slice(1, -1).join("/"),
        name: named(segments.at(-1) ?? "", resource),
        session: "",
      };
    default:
      throw invalidRequest(`unrecognized principal type: "${type}"`);
  }
}

function named(name: string, resource: string): string {
  if (name === "") throw invalidRequest(`unrecognized arn: "${resource}" names nobody`);
  return name;
}

/** The ARN of who is behind a session, without path: what roles are bound by when ids are not resolved. */
export function canonicalArn(principal: Principal): string {
  const { partition, account, type, name } = principal;
  return `arn:${partition}:iam::${account}:${iamType(type)}/${name}`;
}

/** `AROA…:session` is the role `AROA…`; users have no colon. */
export function uniqueIdOf(userId: string): string {
  return userId.split(":", 1)[0] ?? "";
}

/** What IAM calls it: the role behind an assumed role. */
export function iamType(type: PrincipalType): Exclude<PrincipalType, "assumed-role"> {
  return type === "assumed-role" ? "role" : type;
}

/** The form that error texts of Vault show: `&{aws 123456789012 assumed-role  name session}`. */
export function principalText(principal: Principal): string {
  const { partition, account, type, path, name, session } = principal;
  return `&{${partition} ${account} ${type} ${path} ${name} ${session}}`;
}
