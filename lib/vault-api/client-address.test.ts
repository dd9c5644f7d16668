import { expect, test } from "vitest";
import { clientAddressReader, normalizeAddress } from "@/lib/vault-api/client-address";

const TRUST = {
  authorizedBlocks: ["10.0.0.0/8", "192.0.2.7", "fd00::/8"],
  hopSkips: 0,
  rejectNotPresent: true,
  rejectNotAuthorized: true,
};

test("without trusted proxies the header is not looked at", () => {
  const read = clientAddressReader({ ...TRUST, authorizedBlocks: [] });

  expect(read("10.0.0.1", "203.0.113.9")).toBe("10.0.0.1");
  expect(read("10.0.0.1", undefined)).toBe("10.0.0.1");
});

test.each([
  ["10.1.2.3", "203.0.113.9", "203.0.113.9"],
  ["192.0.2.7", "198.51.100.1, 203.0.113.9", "203.0.113.9"],
  ["fd00::1", "2001:db8::5", "2001:db8::5"],
  ["10.1.2.3", "203.0.113.9:4711", "203.0.113.9"],
  ["10.1.2.3", "[2001:db8::5]:4711", "2001:db8::5"],
  ["10.1.2.3", "::ffff:203.0.113.9", "203.0.113.9"],
])("behind proxy %s, %s is the caller %s", (peer, header, address) => {
  expect(clientAddressReader(TRUST)(peer, header)).toBe(address);
});

test("skips the proxies at the end of the chain", () => {
  const read = clientAddressReader({ ...TRUST, hopSkips: 1 });

  expect(read("10.0.0.1", "spoofed, 203.0.113.9, 10.0.0.2")).toBe("203.0.113.9");
});

test("refuses a chain that is shorter than the hops to skip", () => {
  const read = clientAddressReader({ ...TRUST, hopSkips: 2 });

  expect(() => read("10.0.0.1", "203.0.113.9, 10.0.0.2")).toThrow(
    "malformed x-forwarded-for configuration or request, hops to skip (2) would skip before earliest chain link (chain length 2)",
  );
});

test("refuses a link that is no address", () => {
  expect(() => clientAddressReader(TRUST)("10.0.0.1", "unknown")).toThrow(
    "malformed x-forwarded-for",
  );
});

test("refuses what comes without the header or past the proxies, or does not believe it", () => {
  const strict = clientAddressReader(TRUST);
  const lax = clientAddressReader({
    ...TRUST,
    rejectNotPresent: false,
    rejectNotAuthorized: false,
  });

  expect(() => strict("10.0.0.1", undefined)).toThrow(
    "missing x-forwarded-for header and configured to reject when not present",
  );
  expect(() => strict("203.0.113.1", "198.51.100.1")).toThrow(
    "client address not authorized for x-forwarded-for and configured to reject connection",
  );
  expect(lax("10.0.0.1", undefined)).toBe("10.0.0.1");
  expect(lax("203.0.113.1", "198.51.100.1")).toBe("203.0.113.1");
});

test.each([
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["192.0.2.1", "192.0.2.1"],
  ["2001:db8::1", "2001:db8::1"],
  ["fe80::1%eth0", "fe80::1"],
  ["::1", "::1"],
])("%s is shown as %s", (address, shown) => {
  expect(normalizeAddress(address)).toBe(shown);
});
