import { createHash } from "node:crypto";
import { told, type Decision } from "@/lib/engine/answer";
import { invalidRequest } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";
import { Secret } from "@/lib/engine/secret";

const RANDOM_BYTES_DEFAULT = 32;
const RANDOM_BYTES_MAX = 128 * 1024;

const SOURCES: readonly string[] = ["platform", "seal", "all"];

const ALGORITHMS: Readonly<Record<string, string>> = {
  "sha2-224": "sha224",
  "sha2-256": "sha256",
  "sha2-384": "sha384",
  "sha2-512": "sha512",
  "sha3-224": "sha3-224",
  "sha3-256": "sha3-256",
  "sha3-384": "sha3-384",
  "sha3-512": "sha3-512",
};

/** What was supplied; undefined: not supplied. The path may name the source, the count, or both. */
export type RandomInput = {
  inPath: readonly string[];
  source?: string | undefined;
  bytes?: number | undefined;
  format?: string | undefined;
};

/**
 * Random bytes from the operating system; a source that is named changes nothing.
 *
 * @throws EngineError `invalid_request` with Vault's text.
 * @see https://developer.hashicorp.com/vault/api-docs/system/tools#generate-random-bytes
 */
export function randomBytes(ports: Pick<Ports, "random">, input: RandomInput): Decision {
  const [first = "", second] = input.inPath;
  const sourceInPath = SOURCES.includes(first);
  const source = sourceInPath || second !== undefined ? first : (input.source ?? "platform");
  if (!SOURCES.includes(source)) {
    throw invalidRequest(
      `unsupported entropy source "${source}"; must be "platform" or "seal", or "all"`,
    );
  }
  const countInPath = sourceInPath ? second : input.inPath.at(-1);
  const count =
    countInPath === undefined ? (input.bytes ?? RANDOM_BYTES_DEFAULT) : parseCount(countInPath);
  if (count < 1) throw invalidRequest('"bytes" cannot be less than 1');
  if (count > RANDOM_BYTES_MAX) {
    throw invalidRequest(`"bytes" should be less than ${RANDOM_BYTES_MAX}`);
  }
  const encoding = encodingOf(input.format ?? "base64");
  return told({ random_bytes: new Secret(ports.random.bytes(count).toString(encoding)) });
}

function parseCount(text: string): number {
  if (/^[+-]?\d{1,15}$/.test(text)) return Number(text);
  throw invalidRequest(
    `error parsing url-set byte count: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
  );
}

/**
 * The digest of a base64 input.
 *
 * @throws EngineError `invalid_request` with Vault's text.
 * @see https://developer.hashicorp.com/vault/api-docs/system/tools#hash-data
 */
export function hashInput(input: {
  input: string;
  algorithm?: string | undefined;
  format?: string | undefined;
}): Decision {
  const algorithm = input.algorithm ?? "sha2-256";
  const bytes = decodeBase64(input.input);
  const encoding = encodingOf(input.format ?? "hex");
  const name = ALGORITHMS[algorithm];
  if (name === undefined) throw invalidRequest(`unsupported algorithm ${algorithm}`);
  return told({ sum: createHash(name).update(bytes).digest(encoding) });
}

function encodingOf(format: string): "hex" | "base64" {
  if (format === "hex" || format === "base64") return format;
  throw invalidRequest(`unsupported encoding format "${format}"; must be "hex" or "base64"`);
}

function decodeBase64(text: string): Buffer {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") === text) return bytes;
  const at = text.search(/[^A-Za-z0-9+/]/);
  throw invalidRequest(
    `unable to decode input as base64: illegal base64 data at input byte ${at < 0 ? text.length : at}`,
  );
}
