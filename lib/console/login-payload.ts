import { z } from "zod";

/** What a client posts to log in, as the API takes it. */
export type LoginPayload = {
  role: string;
  iam_http_request_method: string;
  iam_request_url: string;
  iam_request_body: string;
  /** JSON or base64 of it. */
  iam_request_headers: string;
};

const Headers = z.union([z.string(), z.record(z.string(), z.unknown())]);
const Json = z.object({
  role: z.string().default(""),
  iam_http_request_method: z.string().default(""),
  iam_request_url: z.string().default(""),
  iam_request_body: z.string().default(""),
  iam_request_headers: Headers.default(""),
});

const NAMES = [
  "role",
  "iam_http_request_method",
  "iam_request_url",
  "iam_request_body",
  "iam_request_headers",
] as const;

const NEITHER =
  "Paste the JSON body of a login, or its fields one a line: iam_request_url=…, iam_request_body=…, iam_request_headers=….";

/** A captured login: its JSON body, or its fields as `name=value`, one a line; a text: why it is neither. */
export function parseLoginPayload(pasted: string): LoginPayload | string {
  const text = pasted.trim();
  const given = text.startsWith("{") ? fromJson(text) : fromLines(text);
  if (given === null) return NEITHER;
  if (given.iam_request_url === "") return `It has no iam_request_url. ${NEITHER}`;
  return { ...given, iam_http_request_method: given.iam_http_request_method || "POST" };
}

function fromJson(text: string): LoginPayload | null {
  try {
    const { iam_request_headers: headers, ...rest } = Json.parse(JSON.parse(text));
    return {
      ...rest,
      iam_request_headers: typeof headers === "string" ? headers : JSON.stringify(headers),
    };
  } catch {
    return null;
  }
}

function fromLines(text: string): LoginPayload | null {
  const found = new Map(
    text.split("\n").flatMap((line): [string, string][] => {
      const match = /^\s*"?(\w+)"?\s*[=:]\s*(.*?)[\s\\,]*$/.exec(line);
      return match === null ? [] : [[match[1] ?? "", unquoted(match[2] ?? "")]];
    }),
  );
  if (!NAMES.some((name) => name !== "role" && found.has(name))) return null;
  const of = (name: (typeof NAMES)[number]): string => found.get(name) ?? "";
  return {
    role: of("role"),
    iam_http_request_method: of("iam_http_request_method"),
    iam_request_url: of("iam_request_url"),
    iam_request_body: of("iam_request_body"),
    iam_request_headers: of("iam_request_headers"),
  };
}

function unquoted(value: string): string {
  return /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
}
