import { BlockList, isIP, isIPv4 } from "node:net";
import { invalidRequest } from "@/lib/engine/errors";

/** Whom we believe an `X-Forwarded-For`, and what becomes of requests that come another way. */
export type ForwardedForTrust = {
  /** Addresses and CIDR blocks of proxies; without any the header is not looked at. */
  authorizedBlocks: readonly string[];
  /** How many addresses at the end of the header are proxies too. */
  hopSkips: number;
  rejectNotPresent: boolean;
  rejectNotAuthorized: boolean;
};

/**
 * Gives the function that says for whom a request is made: of the address it came from and of its
 * `X-Forwarded-For` (all lines of it, joined with commas). The function throws `invalid_request`.
 *
 * @see https://developer.hashicorp.com/vault/docs/configuration/listener/tcp#x_forwarded_for_authorized_addrs
 */
export function clientAddressReader(
  trust: ForwardedForTrust,
): (peerAddress: string, forwardedFor: string | undefined) => string {
  if (trust.authorizedBlocks.length === 0) return (peerAddress) => peerAddress;
  const proxies = blockListOf(trust.authorizedBlocks);

  return (peerAddress, forwardedFor) => {
    if (forwardedFor === undefined) {
      if (!trust.rejectNotPresent) return peerAddress;
      throw invalidRequest(
        "missing x-forwarded-for header and configured to reject when not present",
      );
    }
    if (!contains(proxies, peerAddress)) {
      if (!trust.rejectNotAuthorized) return peerAddress;
      throw invalidRequest(
        "client address not authorized for x-forwarded-for and configured to reject connection",
      );
    }
    return pickHop(forwardedFor, trust.hopSkips);
  };
}

function pickHop(forwardedFor: string, hopSkips: number): string {
  const chain = forwardedFor.split(",").map((hop) => hop.trim());
  const hop = chain[chain.length - 1 - hopSkips];
  if (hop === undefined) {
    throw invalidRequest(
      `malformed x-forwarded-for configuration or request, hops to skip (${hopSkips}) would skip before earliest chain link (chain length ${chain.length})`,
    );
  }
  // Some load balancers add the port.
  const address = normalizeAddress(hop.replace(/^\[(.+)\](?::\d+)?$|^([\d.]+):\d+$/, "$1$2"));
  if (isIP(address) === 0) {
    throw invalidRequest("malformed x-forwarded-for request, a chain link is not an IP address");
  }
  return address;
}

/** An IPv4 peer of an IPv6 socket is shown as IPv4; the zone of a link-local address is left out. */
export function normalizeAddress(address: string): string {
  if (address.startsWith("::ffff:") && isIPv4(address.slice(7))) return address.slice(7);
  const zone = address.indexOf("%");
  return zone < 0 ? address : address.slice(0, zone);
}

function blockListOf(blocks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const block of blocks) {
    const [base = "", bits] = block.split("/");
    const family = isIPv4(base) ? "ipv4" : "ipv6";
    if (bits === undefined) list.addAddress(base, family);
    else list.addSubnet(base, Number(bits), family);
  }
  return list;
}

function contains(list: BlockList, address: string): boolean {
  return isIP(address) !== 0 && list.check(address, isIPv4(address) ? "ipv4" : "ipv6");
}
