import { decodeBase64 } from "@/lib/engine/aws-auth/base64";
import { isPublicStsHost } from "@/lib/engine/aws-auth/endpoint";
import { parseForm, type FormPair } from "@/lib/engine/aws-auth/request-form";
import { invalidRequest } from "@/lib/engine/errors";

const LOGIN_URL_BYTES_MAX = 8192;

/**
 * The only URLs that are read: anything that parsers disagree about (user info, fragments, paths,
 * backslashes, control characters, other alphabets) does not match. URL classes are not used here
 * because they repair such text instead of refusing it.
 */
const PLAIN_URL =
  /^(https?):\/\/([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.?)(:[0-9]{1,5})?\/?(?:\?([\x21\x24-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7e]*))?$/;

export type SignedUrl = {
  /** Host and port exactly as signed: the Host line of the forwarded request. */
  host: string;
  /** Null: no `?` at all. */
  rawQuery: string | null;
  query: readonly FormPair[];
};

/**
 * Decodes `iam_request_url`. It says which host was signed and, for GET, the query; it never says
 * where the request goes.
 *
 * @throws EngineError `invalid_request`
 */
export function readSignedUrl(encoded: string, anyHost: boolean): SignedUrl {
  if (encoded === "") throw invalidRequest("missing iam_request_url");
  const bytes = decodeBase64(encoded);
  if (bytes === null) throw invalidRequest("failed to base64 decode iam_request_url");
  if (bytes.length > LOGIN_URL_BYTES_MAX) throw unreadable();
  const match = PLAIN_URL.exec(bytes.toString("latin1"));
  if (match === null) throw unreadable();
  const [, scheme = "", name = "", port = "", rawQuery] = match;
  if (!anyHost && !isAwsUrl(scheme, name, port)) throw unreadable();
  return { host: name + port, rawQuery: rawQuery ?? null, query: readQuery(rawQuery ?? "") };
}

function isAwsUrl(scheme: string, name: string, port: string): boolean {
  return scheme === "https" && (port === "" || port === ":443") && isPublicStsHost(name);
}

function readQuery(rawQuery: string): FormPair[] {
  try {
    return parseForm(rawQuery);
  } catch {
    throw unreadable();
  }
}

function unreadable(): Error {
  return invalidRequest("error parsing iam_request_url");
}
