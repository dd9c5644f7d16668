import { lookup as resolveName } from "node:dns";
import { BlockList, isIP } from "node:net";
import type { LookupFunction } from "node:net";
import type { EndpointGuard } from "@/lib/aws/request-handler";
import { invalidRequest } from "@/lib/engine/errors";

export type EndpointRules = {
  /** Loopback, and `http` to it, may be reached (demo and tests). */
  localAws: boolean;
};

/**
 * Never an AWS endpoint: link-local addresses with the metadata services of clouds and containers,
 * and what has no single host behind it.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint.html
 */
const ALWAYS_REFUSED = blocks(
  ["169.254.0.0", 16],
  ["fe80::", 10],
  ["fd00:ec2::", 32],
  ["100.100.100.200", 32],
  ["168.63.129.16", 32],
  ["192.0.0.192", 32],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["ff00::", 8],
);
/** The unspecified address reaches the host itself too. */
const LOOPBACK = blocks(["127.0.0.0", 8], ["0.0.0.0", 8], ["::1", 128], ["::", 128]);

/** An IPv4 address inside an IPv6 one: NAT64 and 6to4 (mapped ones are seen through by BlockList). */
const NAT64_PREFIX = /^64:ff9b:(?::|(?:0+:){1,4}:?)(.+)$/i;
const SIX_TO_FOUR = /^2002:([0-9a-f]{1,4}):([0-9a-f]{1,4}):/i;

/** Why this address may not be connected to, or null when it may. */
export function addressRefusal(address: string, rules: EndpointRules): string | null {
  const plain = address.replace(/%.*$/, "");
  const kind = isIP(plain);
  if (kind === 0) return `${address} is no IP address`;
  const candidates = [plain, ...embeddedAddresses(plain)];
  if (candidates.some((candidate) => inBlocks(ALWAYS_REFUSED, candidate))) {
    return `${address} is a link-local or metadata address`;
  }
  if (!rules.localAws && candidates.some((candidate) => inBlocks(LOOPBACK, candidate))) {
    return `${address} is a loopback address`;
  }
  return null;
}

/**
 * Decides which hosts AWS calls may go to. Names are judged when they are looked up, so the address
 * that was checked is the one connected to; a name of which any address is refused is refused whole.
 */
export function endpointGuard(rules: EndpointRules): EndpointGuard {
  return {
    check: (url) => checkUrl(url, rules),
    lookup: guardedLookup(rules),
  };
}

/**
 * Reads an endpoint of AWS as operators write it: `host`, `host:port` or a URL without path.
 *
 * @throws EngineError `invalid_request` when it is none, or may not be reached.
 */
export function parseEndpoint(text: string, rules: EndpointRules): URL {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  let url: URL;
  try {
    url = new URL(withScheme);
  } catch {
    throw invalidRequest(`invalid AWS endpoint "${text}"`);
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw invalidRequest(`invalid AWS endpoint "${text}"`);
  }
  if (url.pathname !== "/") throw invalidRequest(`AWS endpoint "${text}" must not have a path`);
  checkUrl(url, rules);
  return url;
}

function checkUrl(url: URL, rules: EndpointRules): void {
  const host = hostOf(url);
  const literal = isIP(host) !== 0;
  const refusal = literal ? addressRefusal(host, rules) : null;
  if (refusal !== null) throw invalidRequest(`AWS endpoint refused: ${refusal}`);
  if (url.protocol === "https:") return;
  if (url.protocol !== "http:") {
    throw invalidRequest(`AWS endpoint "${url.origin}" must be reached by https`);
  }
  const local = literal ? inBlocks(LOOPBACK, host) : host === "localhost";
  if (!rules.localAws || !local) {
    throw invalidRequest(`AWS endpoint "${url.origin}" must be reached by https`);
  }
}

/** The host without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}

function guardedLookup(rules: EndpointRules): LookupFunction {
  return (hostname, options, callback) => {
    resolveName(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = error ? [] : addresses;
      const refusal =
        first === undefined
          ? "it has no address"
          : addresses.map((entry) => addressRefusal(entry.address, rules)).find(isText);
      if (error) {
        callback(error, "", 0);
      } else if (first === undefined || refusal !== undefined) {
        callback(new Error(`AWS endpoint ${hostname} refused: ${String(refusal)}`), "", 0);
      } else if (options.all) {
        callback(null, addresses);
      } else {
        callback(null, first.address, first.family);
      }
    });
  };
}

function isText(value: string | null): value is string {
  return value !== null;
}

function embeddedAddresses(address: string): string[] {
  const nat64 = NAT64_PREFIX.exec(address)?.[1];
  if (nat64 !== undefined) {
    if (isIP(nat64) === 4) return [nat64];
    const [high = "0", low = "0"] = nat64
      .split(":")
      .filter((part) => part !== "")
      .slice(-2);
    return [fromGroups(high, low)];
  }
  const sixToFour = SIX_TO_FOUR.exec(address);
  return sixToFour === null ? [] : [fromGroups(sixToFour[1] ?? "0", sixToFour[2] ?? "0")];
}

function fromGroups(high: string, low: string): string {
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join(".");
}

function blocks(...entries: readonly [address: string, bits: number][]): BlockList {
  const list = new BlockList();
  for (const [address, bits] of entries) {
    list.addSubnet(address, bits, isIP(address) === 4 ? "ipv4" : "ipv6");
  }
  return list;
}

function inBlocks(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 4 ? "ipv4" : "ipv6");
}
