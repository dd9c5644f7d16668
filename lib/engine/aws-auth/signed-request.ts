import { decodeBase64 } from "@/lib/engine/aws-auth/base64";
import { GLOBAL_STS_ENDPOINT, regionalStsEndpoint } from "@/lib/engine/aws-auth/endpoint";
import { type LoginFacts, LoginTrace } from "@/lib/engine/aws-auth/login-trace";
import type { ForwardedRequest } from "@/lib/engine/aws-auth/ports";
import { parseForm, type FormPair } from "@/lib/engine/aws-auth/request-form";
import {
  canonicalHeaders,
  headerValues,
  type RawHeaders,
  type SignedHeaders,
} from "@/lib/engine/aws-auth/request-headers";
import { readSignedUrl } from "@/lib/engine/aws-auth/request-url";
import {
  checkCoverage,
  checkQueryNames,
  checkServerId,
  forwardedHeaders,
  readSignature,
  SERVER_ID_HEADER,
  type Signature,
} from "@/lib/engine/aws-auth/signature";
import { short, signatureFacts } from "@/lib/engine/aws-auth/signature-facts";
import { invalidRequest } from "@/lib/engine/errors";

/** The `iam_…` fields of a login; undefined: not supplied. */
export type IamLoginInput = {
  method: string;
  url: string;
  body: string | undefined;
  headers: RawHeaders;
};

/** What the mount's configuration demands of a signed request. */
export type SignedRequestRules = {
  /** Empty: the header is not asked for. */
  serverId: string;
  /** Canonical names beyond the built-in ones. */
  allowedHeaders: readonly string[];
  /** Empty: AWS's own, and then only AWS's own hosts may be signed for. */
  stsEndpoint: string;
  useRegionOfClient: boolean;
};

/** A plain, signed GetCallerIdentity request, ready to be sent. */
export type SignedRequest = {
  forwarded: ForwardedRequest;
  endpoint: string;
  /** Equal for two requests exactly when AWS verifies the same signature. */
  signatureId: string;
};

const ACTION = "GetCallerIdentity";

/**
 * Reads what the client signed and refuses whatever is not a plain GetCallerIdentity request. Nothing
 * is repaired: what was judged goes to STS byte for byte.
 *
 * @throws EngineError `invalid_request`, for the first thing that is wrong.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export function readSignedRequest(
  input: IamLoginInput,
  rules: SignedRequestRules,
  trace = new LoginTrace(),
): SignedRequest {
  trace.know({ method: short(input.method) });
  const method = readMethod(input.method);
  const url = readSignedUrl(input.url, rules.stsEndpoint !== "");
  trace.know({ host: url.host });
  if (method === "POST" && url.rawQuery !== null) throw invalidRequest("invalid request");
  trace.at("action");
  if (method === "GET") checkQueryAction(url.query);
  const body = readBody(method, input.body);
  trace.at("headers");
  const headers = readHeaders(input.headers);
  trace.know({ ...signatureFacts(headers, url.query), ...serverIdFacts(rules, headers) });

  trace.at("signature");
  const signature = readSignature(method, headers, url.query);
  trace.at("server_id");
  if (rules.serverId !== "") checkServerId(rules.serverId, headers, signature);
  trace.at("coverage");
  checkCoverage(signature);
  trace.at("extras");
  const lines = forwardedHeaders(headers, signature, rules.allowedHeaders);
  if (method === "GET") checkQueryNames(url.query, rules.allowedHeaders);

  trace.at("endpoint");
  return {
    forwarded: {
      method,
      target: url.rawQuery === null ? "/" : `/?${url.rawQuery}`,
      host: url.host,
      headers: lines,
      body,
    },
    endpoint: endpointFor(rules, signature, headers),
    signatureId: signature.id,
  };
}

function serverIdFacts(
  rules: SignedRequestRules,
  headers: SignedHeaders,
): Pick<LoginFacts, "expectedServerId" | "givenServerId"> {
  const given = headerValues(headers, SERVER_ID_HEADER)?.join(",");
  return {
    expectedServerId: rules.serverId === "" ? null : rules.serverId,
    givenServerId: given === undefined ? null : short(given),
  };
}

function readMethod(method: string): "GET" | "POST" {
  if (method === "") throw invalidRequest("missing iam_http_request_method");
  if (method !== "POST" && method !== "GET") {
    throw invalidRequest(
      "invalid iam_http_request_method; currently only 'GET' and 'POST' are supported",
    );
  }
  return method;
}

function checkQueryAction(query: readonly FormPair[]): void {
  const actions = query.filter(([name]) => name === "Action").map(([, value]) => value);
  const [action] = actions;
  if (action === undefined) throw invalidRequest("no action found in request");
  if (actions.length > 1) throw invalidRequest("found multiple actions");
  if (action !== ACTION) {
    throw invalidRequest(
      `unexpected action parameter, ${action.slice(0, ECHOED_ACTION_LENGTH_MAX)}`,
    );
  }
}

/** How much of an unknown action is repeated to the caller. */
const ECHOED_ACTION_LENGTH_MAX = 128;

function readBody(method: "GET" | "POST", encoded: string | undefined): Buffer | null {
  if (encoded === undefined || encoded === "") {
    if (method === "GET") return null;
    throw invalidRequest("missing iam_request_body which is required for POST requests");
  }
  const body = decodeBase64(encoded);
  if (body === null) throw invalidRequest("failed to base64 decode iam_request_body");
  checkBody(parseForm(body.toString("latin1")), method === "POST");
  return body;
}

function checkBody(pairs: readonly FormPair[], actionNeeded: boolean): void {
  const names = pairs.map(([name]) => name);
  const plain =
    pairs.every(([name, value]) => (name === "Action" ? value === ACTION : name === "Version")) &&
    new Set(names).size === names.length &&
    (!actionNeeded || names.includes("Action"));
  if (!plain) throw invalidRequest("iam request body is invalid");
}

function readHeaders(raw: RawHeaders): SignedHeaders {
  if (Object.keys(raw).length === 0) throw invalidRequest("missing iam_request_headers");
  return canonicalHeaders(raw);
}

function endpointFor(
  rules: SignedRequestRules,
  signature: Signature,
  headers: SignedHeaders,
): string {
  if (rules.useRegionOfClient) return regionalStsEndpoint(regionOf(signature, headers));
  return rules.stsEndpoint === "" ? GLOBAL_STS_ENDPOINT : rules.stsEndpoint;
}

/** Third part of the credential scope: `AKIA…/20150830/us-east-1/sts/aws4_request`. */
function regionOf(signature: Signature, headers: SignedHeaders): string {
  const [first = ""] = headerValues(headers, "Authorization") ?? [];
  const credential =
    signature.queryCredential ??
    first
      .split(" ")
      .find((word) => word.startsWith("Credential="))
      ?.slice("Credential=".length);
  const region = credential?.split("/")[2];
  if (region === undefined) throw invalidRequest("region missing from Authorization header");
  return region;
}
