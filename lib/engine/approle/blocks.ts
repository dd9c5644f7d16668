import { cidrsAdmit, isBlock } from "@/lib/engine/cidr";
import { invalidRequest } from "@/lib/engine/errors";

/** Blocks that a role or a secret id may list at most. */
const BLOCKS_MAX = 1024;

/**
 * Checks that each of `blocks` has a mask; a bare address is none.
 *
 * @param what what they bind, for the text: `CIDR` or `token CIDR`.
 * @throws EngineError `invalid_request` naming the first that is not.
 */
export function checkBlocks(blocks: readonly string[], what: "CIDR" | "token CIDR"): void {
  if (blocks.length > BLOCKS_MAX) throw invalidRequest(`more than ${BLOCKS_MAX} CIDR blocks`);
  const bad = blocks.find((block) => !isBlock(block));
  if (bad !== undefined) {
    throw invalidRequest(`failed to validate ${what} blocks: invalid CIDR address: ${bad}`);
  }
}

/**
 * Checks that a secret id admits nobody whom its role does not.
 *
 * @throws EngineError `invalid_request`.
 */
export function checkWithin(ofSecretId: readonly string[], ofRole: readonly string[]): void {
  if (ofRole.length === 0) return;
  if (ofSecretId.every((block) => ofRole.some((outer) => contains(outer, block)))) return;
  throw invalidRequest(
    `failed to verify subset relationship between CIDR blocks on the role ${quoted(ofRole)} and CIDR blocks on the secret ID ${quoted(ofSecretId)}`,
  );
}

function contains(outer: string, inner: string): boolean {
  const [base = "", bits] = inner.split("/");
  // An IPv6 block would take IPv4 addresses for mapped ones.
  if (inner.includes(":") !== outer.includes(":")) return false;
  const full = base.includes(":") ? 128 : 32;
  const outerBits = outer.includes("/") ? Number(outer.split("/")[1]) : full;
  return outerBits <= Number(bits ?? full) && cidrsAdmit([outer], base);
}

function quoted(blocks: readonly string[]): string {
  return `[${blocks.map((block) => JSON.stringify(block)).join(" ")}]`;
}
