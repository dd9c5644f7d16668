import { invalidRequest, isEngineError } from "@/lib/engine/errors";
import { parseHcl } from "@/lib/engine/policy/hcl";
import { parseJson } from "@/lib/engine/policy/json";
import { type PathBlock, readPathBlock, refuseUnknownKeys } from "@/lib/engine/policy/path-block";
import { type SyntaxEntry, syntaxError } from "@/lib/engine/policy/syntax";

/** A policy, read. */
export type ParsedPolicy = {
  readonly name: string;
  /** In the order of the text; several may have the same path. */
  readonly blocks: readonly PathBlock[];
  /** Some path names the caller's entity, so that what is compiled is the entity's own. */
  readonly templated: boolean;
  /** True for `root` alone, which has no text. */
  readonly grantsAll: boolean;
};

export const POLICY_BYTES_MAX = 256 * 1024;
export const POLICY_BLOCKS_MAX = 5_000;

// What neither HCL nor a database column takes: NUL and halves of surrogate pairs.
const ILLEGAL = /[\0\p{Surrogate}]/u;

/**
 * Reads a policy's text: HCL, or JSON when its first character is a brace. A text of comments grants
 * nothing.
 *
 * @throws EngineError `invalid_request`: `failed to parse policy: ` and what is wrong, with its place.
 * @see https://developer.hashicorp.com/vault/docs/concepts/policies#policy-syntax
 */
export function parsePolicy(name: string, text: string): ParsedPolicy {
  try {
    const blocks = readBlocks(text);
    const templated = blocks.some((block) => block.pattern === null);
    return { name, blocks, templated, grantsAll: false };
  } catch (error) {
    if (!isEngineError(error)) throw error;
    throw invalidRequest(`failed to parse policy: ${error.message}`);
  }
}

function readBlocks(text: string): PathBlock[] {
  if (new TextEncoder().encode(text).length > POLICY_BYTES_MAX) {
    throw invalidRequest(`a policy has at most ${POLICY_BYTES_MAX} bytes`);
  }
  const illegal = text.search(ILLEGAL);
  if (illegal >= 0) {
    const lines = text.slice(0, illegal).split("\n");
    const column = (lines.at(-1)?.length ?? 0) + 1;
    throw syntaxError({ line: lines.length, column }, "illegal char");
  }

  const entries = /^[ \t\r\n]*\{/.test(text) ? parseJson(text) : parseHcl(text);
  refuseUnknownKeys(entries, ["name", "path"], "");
  for (const entry of entries) checkName(entry);
  const blocks = entries.filter((entry) => entry.keys[0]?.text === "path");
  if (blocks.length > POLICY_BLOCKS_MAX) {
    throw invalidRequest(`a policy has at most ${POLICY_BLOCKS_MAX} path blocks`);
  }
  return blocks.map(readPathBlock);
}

/** A policy may carry a name; it is called what it is stored as. */
function checkName({ keys, value }: SyntaxEntry): void {
  if (keys[0]?.text !== "name") return;
  if (keys.length > 1 || value.kind !== "text")
    throw syntaxError(value.at, "name must be a string");
}
