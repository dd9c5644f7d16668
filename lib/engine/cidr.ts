import { BlockList, isIP } from "node:net";
import { invalidRequest } from "@/lib/engine/errors";

/** Longest list of blocks that a role or a token may carry. */
const CIDR_BLOCKS_MAX = 1024;

/**
 * Checks a list of addresses and CIDR blocks and gives it back as it is stored: a block of one address
 * becomes that address.
 *
 * @param prefix said before the text of a refusal.
 * @throws EngineError `invalid_request` naming the first that is neither.
 */
export function parseCidrs(values: readonly string[], prefix = ""): string[] {
  if (values.length > CIDR_BLOCKS_MAX) {
    throw invalidRequest(`more than ${CIDR_BLOCKS_MAX} CIDR blocks`);
  }
  return values.map((value) => {
    if (!isAddressOrBlock(value)) {
      throw invalidRequest(
        `${prefix}error parsing address "${value}": Unable to convert "${value}" to an IPv4 or IPv6 address, or a UNIX Socket`,
      );
    }
    return value.replace(value.includes(":") ? /\/128$/ : /\/32$/, "");
  });
}

/** True for `10.0.0.1`, `10.0.0.0/8`, `::1` and `fd00::/8`. */
export function isAddressOrBlock(value: string): boolean {
  return isIP(value) !== 0 || isBlock(value);
}

/** True for an address with a mask; a bare address is no block. */
export function isBlock(value: string): boolean {
  const slash = value.indexOf("/");
  if (slash < 0) return false;
  const family = isIP(value.slice(0, slash));
  const bits = value.slice(slash + 1);
  return family !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

/** True when `address` lies in one of the blocks, or when there are none. */
export function cidrsAdmit(blocks: readonly string[], address: string): boolean {
  if (blocks.length === 0) return true;
  const family = isIP(address);
  if (family === 0) return false;
  const list = new BlockList();
  for (const block of blocks) {
    const [base = "", bits] = block.split("/");
    const kind = isIP(base) === 4 ? "ipv4" : "ipv6";
    // An address of one family lies in no block of the other, mapped or not.
    if (isIP(base) !== family) continue;
    if (bits === undefined) list.addAddress(base, kind);
    else list.addSubnet(base, Number(bits), kind);
  }
  return list.check(address, family === 4 ? "ipv4" : "ipv6");
}
