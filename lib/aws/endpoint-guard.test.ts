import { expect, test } from "vitest";
import { addressRefusal, endpointGuard, parseEndpoint } from "@/lib/aws/endpoint-guard";

const STRICT = { localAws: false };
const LOCAL = { localAws: true };

test.each([
  "169.254.169.254",
  "169.254.170.2",
  "169.254.0.1",
  "::ffff:169.254.169.254",
  "::ffff:a9fe:a9fe",
  "fe80::1",
  "fe80::1%eth0",
  "fd00:ec2::254",
  "64:ff9b::169.254.169.254",
  "64:ff9b::a9fe:a9fe",
  "2002:a9fe:a9fe::1",
  "100.100.100.200",
  "224.0.0.1",
  "255.255.255.255",
])("T31 %s is refused whatever is set", (address) => {
  expect(addressRefusal(address, STRICT)).toMatch(/link-local or metadata/);
  expect(addressRefusal(address, LOCAL)).toMatch(/link-local or metadata/);
});

test.each(["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::", "2002:7f00:1::"])(
  "T31 loopback %s needs LEASEHOLD_LOCAL_AWS",
  (address) => {
    expect(addressRefusal(address, STRICT)).toMatch(/loopback/);
    expect(addressRefusal(address, LOCAL)).toBeNull();
  },
);

test.each(["10.0.0.1", "172.16.3.4", "192.168.1.1", "fd12::1", "52.94.0.1", "2600:1f00::1"])(
  "T31 private and public address %s may be connected to",
  (address) => expect(addressRefusal(address, STRICT)).toBeNull(),
);

test.each([
  ["https://sts.example.com", "https://sts.example.com"],
  ["sts.example.com", "https://sts.example.com"],
  ["sts.example.com:8443", "https://sts.example.com:8443"],
  ["https://10.0.0.1/", "https://10.0.0.1"],
])("%s is an endpoint", (text, origin) => {
  expect(parseEndpoint(text, STRICT).origin).toBe(origin);
});

test.each([
  "http://sts.example.com",
  "http://127.0.0.1:4566",
  "https://127.0.0.1:4566",
  "https://2130706433/",
  "https://0x7f.1/",
  "https://[::1]/",
  "https://[::ffff:169.254.169.254]/",
  "https://user@sts.example.com",
  "https://sts.example.com/?x=1",
  "https://sts.example.com/#x",
  "https://sts.example.com/path",
  "ftp://sts.example.com",
  "https://",
])("%s is no endpoint", (text) => {
  expect(() => parseEndpoint(text, STRICT)).toThrow(/endpoint/);
});

test("http goes to loopback only, and only where local AWS is allowed", () => {
  expect(parseEndpoint("http://127.0.0.1:4566", LOCAL).port).toBe("4566");
  expect(parseEndpoint("http://localhost:4566", LOCAL).host).toBe("localhost:4566");
  expect(() => parseEndpoint("http://10.0.0.1", LOCAL)).toThrow(/https/);
  expect(() => parseEndpoint("http://sts.example.com", LOCAL)).toThrow(/https/);
});

test("T31 a name is judged by what it resolves to, at the time it is connected to", async () => {
  const lookedUp = (localAws: boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      endpointGuard({ localAws }).lookup("localhost", { all: false }, (error, address) => {
        if (error) reject(error);
        else resolve(typeof address === "string" ? address : "");
      });
    });

  await expect(lookedUp(false)).rejects.toThrow(/refused/);
  await expect(lookedUp(true)).resolves.toMatch(/^(127\.0\.0\.1|::1)$/);
});
