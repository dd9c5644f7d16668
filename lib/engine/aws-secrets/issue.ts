import type { Decision } from "@/lib/engine/answer";
import { type CredentialType, findCredentialType } from "@/lib/engine/aws-secrets/credential-type";
import { stsDuration } from "@/lib/engine/aws-secrets/effective-lifetime";
import type { IssueContext, IssueInput } from "@/lib/engine/aws-secrets/issue-context";
import {
  issueAssumedRole,
  issueFederationToken,
  issueSessionToken,
} from "@/lib/engine/aws-secrets/issue-session";
import { issueUser } from "@/lib/engine/aws-secrets/issue-user";
import { findRole, type SecretsRole } from "@/lib/engine/aws-secrets/role";
import { currentRoot, noRoot } from "@/lib/engine/aws-secrets/root-config";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import { requireIssueThawed } from "@/lib/engine/freeze/thawed";
import { goQuote } from "@/lib/engine/go-quote";
import { mountTtls } from "@/lib/engine/mount/ttl";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";

/** All AWS calls of one request together; the API gives up after 90 s. */
const REQUEST_BUDGET_SECONDS = 80;
/** A client that waits for a throttled AWS is told so within some ten seconds. */
const RETRY_BUDGET_SECONDS = 9;

/** AWS judges requests and ends sessions by its own clock: one that is this far off is not to be trusted. */
const CLOCK_SKEW_MS_MAX = 30_000;

/**
 * Hands out one AWS credential of the role's type, under a lease.
 *
 * @throws EngineError `invalid_request` (no such role, a parameter the role does not allow),
 *   `permission_denied` (frozen), `aws_failed` and `aws_throttled` with AWS's own text, `unavailable` (this server's clock is wrong).
 * @see https://developer.hashicorp.com/vault/api-docs/secret/aws#generate-credentials
 */
export async function issueCredential(
  ports: Ports,
  scope: RequestScope,
  input: IssueInput,
): Promise<Decision> {
  refuseWrongClock(ports);
  const role = await findRole(scope.config, scope.mount.id, input.role);
  if (role === null) throw invalidRequest(`Role ${goQuote(input.role)} not found`);
  const type = typeFor(role, input.via);
  await requireIssueThawed(ports, scope, input.role);
  const root = (await currentRoot(scope.config, scope.mount.id)) ?? noRoot(scope.mount.id);
  const context: IssueContext = {
    ports,
    scope,
    input,
    role,
    root,
    access: {
      root,
      deadline: ports.deadlineIn(REQUEST_BUDGET_SECONDS),
      retryUntil: ports.deadlineIn(RETRY_BUDGET_SECONDS),
    },
    durationSeconds: stsDuration({
      ...role,
      requestedSeconds: input.ttlSeconds ?? null,
      mountMaxSeconds: mountTtls(scope.mount, ports.limits).mountMaxSeconds,
    }).seconds,
  };
  switch (type) {
    case "iam_user":
      return issueUser(context);
    case "assumed_role":
      return issueAssumedRole(context);
    case "federation_token":
      return issueFederationToken(context);
    case "session_token":
      return issueSessionToken(context);
  }
}

/**
 * Roles written with the old parameters keep users and sessions apart: users come from `creds/`, the
 * others from `sts/`.
 */
function typeFor(role: SecretsRole, via: "creds" | "sts"): CredentialType {
  const [first = "", second] = role.credentialTypes;
  const isEither = role.isLegacy && second !== undefined;
  const text = isEither ? (via === "creds" ? "iam_user" : "federation_token") : first;
  const type = findCredentialType(text);
  if (type === null) throw invalidRequest(`unknown credential_type: ${goQuote(text)}`);
  if (role.isLegacy && (type === "iam_user") !== (via === "creds")) {
    throw invalidRequest(
      `attempted to retrieve ${type} credentials through the ${via} path; this is not allowed for legacy roles`,
    );
  }
  return type;
}

function refuseWrongClock(ports: Pick<Ports, "clockSkewMs">): void {
  const skewMs = Math.abs(ports.clockSkewMs());
  if (skewMs < CLOCK_SKEW_MS_MAX) return;
  throw new EngineError(
    "unavailable",
    `the clock of this server is ${Math.round(skewMs / 1000)} s off the database's; it issues no credentials until that is put right`,
  );
}
