import type { LoginFacts } from "@/lib/engine/aws-auth/login-trace";
import type { FormPair } from "@/lib/engine/aws-auth/request-form";
import { headerValues, type SignedHeaders } from "@/lib/engine/aws-auth/request-headers";

/** Names and values are the client's: so much of each is kept. */
const NAMES_MAX = 40;
const TEXT_MAX = 128;

type SignatureFacts = Pick<
  LoginFacts,
  | "queryNames"
  | "headerNames"
  | "signedNames"
  | "signedIn"
  | "accessKeyId"
  | "region"
  | "service"
  | "signedAt"
  | "hasSessionToken"
>;

/** What a signed request says of its signature, as far as it can be read; the signature left out. */
export function signatureFacts(headers: SignedHeaders, query: readonly FormPair[]): SignatureFacts {
  const authorization = headerValues(headers, "Authorization")?.join(",") ?? "";
  const asked = (name: string): string => query.find(([key]) => key === name)?.[1] ?? "";
  const isQuery = asked("X-Amz-Signature") !== "";
  const credential = isQuery
    ? asked("X-Amz-Credential")
    : (/Credential=\s*([^,\s]+)/.exec(authorization)?.[1] ?? "");
  const [accessKeyId = "", , region = "", service = ""] = credential.split("/");
  const signed = isQuery
    ? asked("X-Amz-SignedHeaders")
    : (/SignedHeaders=([^,]*)/.exec(authorization)?.[1] ?? "");
  const date = isQuery ? asked("X-Amz-Date") : (headerValues(headers, "X-Amz-Date")?.[0] ?? "");
  return {
    queryNames: shortList(query.map(([name]) => name)),
    headerNames: shortList(headers.map(({ name }) => name)),
    signedNames: shortList(signed === "" ? [] : signed.split(";")),
    signedIn: isQuery ? "query" : authorization === "" ? "none" : "header",
    accessKeyId: /^[A-Z0-9]{16,128}$/.test(accessKeyId) ? accessKeyId : "",
    region: short(region),
    service: short(service),
    signedAt: instantOf(date) ?? "",
    hasSessionToken:
      asked("X-Amz-Security-Token") !== "" ||
      headerValues(headers, "X-Amz-Security-Token") !== null,
  };
}

/** `20260419T120000Z` as ISO 8601; null: not such a date. */
function instantOf(date: string): string | null {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second] = parts;
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
  return Number.isNaN(Date.parse(text)) ? null : text;
}

function shortList(texts: readonly string[]): string[] {
  return texts.slice(0, NAMES_MAX).map(short);
}

export function short(text: string): string {
  return text.slice(0, TEXT_MAX);
}
