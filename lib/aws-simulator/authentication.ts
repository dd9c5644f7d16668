import { authenticationError, expiredSignature } from "@/lib/aws-simulator/authentication-errors";
import { type Caller, callerOfKey, callerOfSession } from "@/lib/aws-simulator/caller";
import { AwsError } from "@/lib/aws-simulator/errors";
import {
  ALGORITHM,
  headerValues,
  queryPairs,
  sha256,
  signatureOf,
  type SigningInput,
  UNSIGNED_PAYLOAD,
  type WireRequest,
} from "@/lib/aws-simulator/signature";
import { isHonoured, type Session, type World } from "@/lib/aws-simulator/state";

/** What a signed request says of itself, before anyone believes it. */
export type Claim = SigningInput & {
  readonly accessKeyId: string;
  readonly sessionToken: string | undefined;
  readonly signature: string;
  readonly presigned: boolean;
};

/** Seconds that AWS lets a request's date be away from its own clock. */
const SKEW_SECONDS_MAX = 15 * 60;

/**
 * Reads the signature of a request, from its `Authorization` header or from its query.
 *
 * @throws AwsError `MissingAuthenticationToken`, `IncompleteSignature`.
 */
export function readClaim(request: WireRequest): Claim {
  const query = new Map(queryPairs(request.query));
  if (query.has("X-Amz-Signature") || query.has("X-Amz-Credential")) {
    return presignedClaim(request, query);
  }
  const header = headerValues(request, "authorization").join(",");
  if (header === "") {
    throw new AwsError(
      403,
      "MissingAuthenticationToken",
      "Request is missing Authentication Token",
    );
  }
  return headerClaim(request, header);
}

/**
 * Whoever signed the request, once the signature has been computed again.
 *
 * @throws AwsError in the words of the service that the request is scoped to.
 */
export function authenticate(world: World, claim: Claim): Caller {
  const { service } = claim.scope;
  const now = world.now();
  assertScope(claim);
  const known = world.accessKeys.get(claim.accessKeyId);
  const key = known !== undefined && isHonoured(known, now) ? known : undefined;
  const session = world.sessions.get(claim.accessKeyId);
  if (key === undefined && session === undefined) throw authenticationError(service, "unknownKey");
  if (key !== undefined && claim.sessionToken !== undefined) {
    throw authenticationError(service, "wrongToken");
  }
  if (session !== undefined) assertSession(service, session, claim, now);

  const secret = key?.secret ?? session?.secret ?? "";
  // No constant-time compare: the secrets are made up and the caller is on this machine.
  if (signatureOf(claim, secret) !== claim.signature || !bodyIsSigned(claim)) {
    throw authenticationError(service, "wrongSignature");
  }
  assertFresh(claim, now);
  if (session !== undefined) return callerOfSession(session);
  if (key === undefined) throw authenticationError(service, "unknownKey");
  return callerOfKey(key);
}

function presignedClaim(request: WireRequest, query: ReadonlyMap<string, string>): Claim {
  const algorithm = query.get("X-Amz-Algorithm");
  const needed = ["X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"];
  const missing = needed.filter((name) => (query.get(name) ?? "") === "");
  if (algorithm !== ALGORITHM || missing.length > 0) {
    throw incomplete(
      missing.length > 0
        ? `AWS query-string parameters must include '${missing[0] ?? ""}'. Re-examine the query-string parameters.`
        : `Unsupported AWS 'algorithm': '${algorithm ?? ""}'.`,
    );
  }
  const { accessKeyId, scope } = parseCredential(query.get("X-Amz-Credential") ?? "");
  return {
    request,
    accessKeyId,
    scope,
    amzDate: query.get("X-Amz-Date") ?? "",
    signedHeaders: (query.get("X-Amz-SignedHeaders") ?? "").split(";"),
    payloadHash: scope.service === "s3" ? UNSIGNED_PAYLOAD : sha256(request.body),
    sessionToken: query.get("X-Amz-Security-Token"),
    signature: query.get("X-Amz-Signature") ?? "",
    presigned: true,
  };
}

function headerClaim(request: WireRequest, header: string): Claim {
  const [algorithm = "", ...rest] = header.trim().split(/\s+/);
  if (algorithm !== ALGORITHM) throw incomplete(`Unsupported AWS 'algorithm': '${algorithm}'.`);
  const parts = new Map<string, string>();
  for (const part of rest.join(" ").split(/\s*,\s*/)) {
    const [name = "", ...value] = part.trim().split("=");
    if (parts.has(name)) {
      throw incomplete(
        `Authorization header contains '${name}' more than once. Authorization=${header}`,
      );
    }
    parts.set(name, value.join("="));
  }
  const amzDate = headerDate(request);
  const problems = ["Credential", "Signature", "SignedHeaders"]
    .filter((name) => (parts.get(name) ?? "") === "")
    .map((name) => `Authorization header requires '${name}' parameter.`);
  if (amzDate === null) {
    problems.push(
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    );
  }
  if (amzDate === null || problems.length > 0) {
    throw incomplete(`${problems.join(" ")} Authorization=${header}`);
  }
  const { accessKeyId, scope } = parseCredential(parts.get("Credential") ?? "");
  const declared = headerValues(request, "x-amz-content-sha256")[0];
  return {
    request,
    accessKeyId,
    scope,
    amzDate,
    signedHeaders: (parts.get("SignedHeaders") ?? "").split(";"),
    payloadHash: scope.service === "s3" && declared !== undefined ? declared : sha256(request.body),
    sessionToken: headerValues(request, "x-amz-security-token")[0],
    signature: parts.get("Signature") ?? "",
    presigned: false,
  };
}

function headerDate(request: WireRequest): string | null {
  const amz = headerValues(request, "x-amz-date")[0];
  if (amz !== undefined) return amz;
  const date = Date.parse(headerValues(request, "date")[0] ?? "");
  return Number.isNaN(date) ? null : new Date(date).toISOString().replace(/[-:]|\.\d+/g, "");
}

function parseCredential(credential: string): Pick<Claim, "accessKeyId" | "scope"> {
  const parts = credential.split("/");
  const [accessKeyId = "", date = "", region = "", service = "", terminator = ""] = parts;
  if (parts.length !== 5) {
    throw incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    );
  }
  if (terminator !== "aws4_request") {
    throw authenticationError(
      service,
      "wrongSignature",
      `Credential should be scoped with a valid terminator: 'aws4_request', not '${terminator}'.`,
    );
  }
  return { accessKeyId, scope: { date, region, service } };
}

/** Host signed, dates that agree, and the region of the endpoint when it is one of AWS's own. */
function assertScope({ request, scope, signedHeaders, amzDate }: Claim): void {
  const refuse = (message: string): never => {
    throw authenticationError(scope.service, "wrongSignature", message);
  };
  if (!signedHeaders.includes("host")) {
    refuse("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  if (!/^\d{8}T\d{6}Z$/.test(amzDate)) {
    throw incomplete(
      `Date must be in ISO-8601 'basic format'. Got '${amzDate}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    );
  }
  if (!amzDate.startsWith(scope.date)) {
    refuse(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scope.date}' != '${amzDate.slice(0, 8)}', from '${amzDate}'.`,
    );
  }
  const region = endpointRegion(headerValues(request, "host")[0] ?? "");
  if (region !== null && region !== scope.region) {
    refuse(`Credential should be scoped to a valid region, not '${scope.region}'. `);
  }
}

/** Null for hosts that are not AWS's, such as the simulator's own address. */
function endpointRegion(host: string): string | null {
  if (/^(sts|iam)\.amazonaws\.com$/.test(host)) return "us-east-1";
  return /^sts(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com$/.exec(host)?.[1] ?? null;
}

function assertSession(service: string, session: Session, claim: Claim, now: number): void {
  const { identity } = session;
  const holder = identity.kind === "assumedRole" ? identity.role : identity.owner;
  if (holder.deleted || claim.sessionToken === undefined) {
    throw authenticationError(service, "unknownKey");
  }
  if (claim.sessionToken !== session.token) throw authenticationError(service, "wrongToken");
  if (session.expiresAt <= now) throw authenticationError(service, "expiredToken");
}

/** S3 takes the body's hash from a header, which must then be true. */
function bodyIsSigned({ payloadHash, request }: Claim): boolean {
  return payloadHash === UNSIGNED_PAYLOAD || payloadHash === sha256(request.body);
}

/**
 * A presigned request to STS is good for 15 minutes whatever its `X-Amz-Expires` says.
 *
 * @see https://github.com/kubernetes-sigs/aws-iam-authenticator/blob/master/pkg/token/token.go
 */
function assertFresh({ scope, amzDate }: Claim, now: number): void {
  const signedAt = Date.parse(
    amzDate.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
  if (!(Math.abs(now - signedAt) <= SKEW_SECONDS_MAX * 1000)) {
    throw expiredSignature(scope.service, {
      amzDate,
      signedAt,
      now,
      skewSeconds: SKEW_SECONDS_MAX,
    });
  }
}

function incomplete(message: string): AwsError {
  return new AwsError(400, "IncompleteSignature", message);
}
