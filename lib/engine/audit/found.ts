import type { FoundEntry } from "@/lib/engine/audit/search";
import { isJsonObject } from "@/lib/engine/json";

/**
 * The role in a path of an auth method or a secrets engine: `aws/creds/app`, `auth/aws/role/app`. Written
 * so that JavaScript and Postgres read it alike.
 */
export const ROLE_IN_PATH =
  "^(?!sys/).+/(?:creds|sts|roles?|static-creds|static-roles|rotate-role)/([^/]+)";

const ROLE = new RegExp(ROLE_IN_PATH);

/** What a list shows of an entry. */
export function entryData(found: FoundEntry): Record<string, unknown> {
  const entry = entryOf(found);
  const auth = part(entry, "auth");
  const request = part(entry, "request");
  const metadata = part(auth, "metadata");
  const policy = part(auth, "policy_results");
  return {
    id: entryId(found),
    at: found.at.toISOString(),
    writer: found.writer,
    seq: found.seq,
    kind: found.kind,
    outcome: found.outcome,
    status: found.status,
    request_id: found.requestId,
    operation: found.operation,
    path: found.path,
    role: ROLE.exec(found.path)?.[1] ?? roleOfLogin(request),
    accessor: found.accessor,
    lease_id: found.leaseId,
    display_name: text(auth, "display_name"),
    principal: text(metadata, "client_arn") ?? text(metadata, "canonical_arn"),
    entity_id: text(auth, "entity_id"),
    mount_path: text(request, "mount_point"),
    mount_type: text(request, "mount_type"),
    mount_class: text(request, "mount_class"),
    mount_accessor: text(request, "mount_accessor"),
    remote_address: text(request, "remote_address"),
    elapsed_ms: number(entry, "elapsed_ms"),
    error: text(entry, "error"),
    granting_policies: names(policy["granting_policies"]),
    allowed: typeof policy["allowed"] === "boolean" ? policy["allowed"] : null,
    event: text(entry, "event"),
    detail: isJsonObject(entry["detail"]) ? entry["detail"] : null,
  };
}

/** The role that a login of an AWS auth mount names; all else of its form is hashed. */
function roleOfLogin(request: Record<string, unknown>): string | null {
  const role = text(part(request, "data"), "role");
  return role?.startsWith("hmac-") === true ? null : role;
}

/** The request's id; an act of the server has none, so its entry is named by its place in the log. */
function entryId({ requestId, position, writer, seq }: FoundEntry): string {
  return requestId ?? `${position.key}.${writer}.${seq}`;
}

/** The entry itself; empty where it cannot be read. */
export function entryOf(found: FoundEntry): Record<string, unknown> {
  try {
    const entry: unknown = JSON.parse(found.entry);
    return isJsonObject(entry) ? entry : {};
  } catch {
    return {};
  }
}

function part(of: Record<string, unknown>, name: string): Record<string, unknown> {
  const found = of[name];
  return isJsonObject(found) ? found : {};
}

function text(of: Record<string, unknown>, name: string): string | null {
  const found = of[name];
  return typeof found === "string" && found !== "" ? found : null;
}

function number(of: Record<string, unknown>, name: string): number | null {
  const found = of[name];
  return typeof found === "number" ? found : null;
}

function names(list: unknown): string[] {
  if (!Array.isArray(list)) return [];
  const entries: unknown[] = list;
  return entries.flatMap((one) => {
    const name = isJsonObject(one) ? text(one, "name") : null;
    return name === null ? [] : [name];
  });
}
