import { invalidRequest } from "@/lib/engine/errors";
import { isJsonObject } from "@/lib/engine/json";

/**
 * Reads the metadata of a secret id: a JSON object as text, the same in base64, or `k=v,k2=v2`.
 *
 * @throws EngineError `invalid_request`.
 */
export function parseMetadata(text: string): Record<string, string> {
  const input = text.trim();
  if (input === "") return {};
  const plain = isBase64(input) ? Buffer.from(input, "base64").toString("utf8") : input;
  const metadata = fromJson(plain) ?? fromPairs(plain);
  for (const [key, value] of Object.entries(metadata)) {
    if (value === "") throw failed(`invalid value for key ${JSON.stringify(key)}`);
  }
  return metadata;
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}

/** Null: it is no JSON object of strings, so it may be pairs. */
function fromJson(text: string): Record<string, string> | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isJsonObject(parsed)) return null;
  const entries = Object.entries(parsed);
  const strings = entries.filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return strings.length === entries.length ? Object.fromEntries(strings) : null;
}

function fromPairs(text: string): Record<string, string> {
  const pairs = text.split(",").map((pair): [string, string] => {
    const at = pair.indexOf("=");
    const key = pair.slice(0, at).trim();
    if (at < 0 || key === "") throw failed("failed to parse the input: invalid <key,value> format");
    return [key, pair.slice(at + 1).trim()];
  });
  return Object.fromEntries(pairs);
}

function failed(why: string): Error {
  return invalidRequest(`failed to parse metadata: ${why}`);
}
