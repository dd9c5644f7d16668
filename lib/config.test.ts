import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { readConfig, SETTINGS } from "@/lib/config";

test("an empty environment gives what the table says", () => {
  const config = readConfig({});

  expect(config).toMatchObject({
    port: 8200,
    host: "127.0.0.1",
    publicUrl: "http://127.0.0.1:8200",
    dataDir: resolve(".leasehold"),
    databaseUrl: null,
    rootToken: null,
    init: "auto",
    roles: { api: true, console: true, worker: true },
    ambientAws: true,
    localAws: false,
    auditDirs: ["/var/log", resolve(".leasehold")],
    auditDays: 90,
    historyDays: 90,
    seal: { type: "file", path: join(resolve(".leasehold"), "seal.key") },
    bodyBytesMax: 1_048_576,
    tls: null,
    proxies: { trusted: [], hopSkips: 0, rejectNotPresent: true, rejectNotAuthorized: true },
    defaultLeaseTtlSeconds: 2_764_800,
    maxLeaseTtlSeconds: 2_764_800,
  });
  expect(Object.isFrozen(config)).toBe(true);
});

test("an empty variable is one that is absent", () => {
  expect(readConfig({ LEASEHOLD_PORT: "", LEASEHOLD_ROOT_TOKEN: "" })).toMatchObject({
    port: 8200,
    rootToken: null,
  });
});

test("every setting is read", () => {
  const config = readConfig({
    LEASEHOLD_PORT: "9000",
    LEASEHOLD_HOST: "::1",
    LEASEHOLD_DATA_DIR: "/srv/leasehold",
    LEASEHOLD_ROLES: "api, worker",
    LEASEHOLD_AUDIT_DIRS: "/var/audit/,/srv",
    LEASEHOLD_AUDIT_HOSTS: "siem.example.com:6514,/run/siem.sock",
    LEASEHOLD_AUDIT_RAW: "on",
    LEASEHOLD_SEAL: "awskms:alias/leasehold",
    LEASEHOLD_TLS_CERT_FILE: "/tls/cert.pem",
    LEASEHOLD_TLS_KEY_FILE: "/tls/key.pem",
    LEASEHOLD_TRUSTED_PROXIES: "10.0.0.0/8, ::1",
    LEASEHOLD_PROXY_REJECT_NOT_PRESENT: "off",
    LEASEHOLD_DEFAULT_LEASE_TTL: "90m",
    LEASEHOLD_BODY_BYTES_MAX: "33554432",
  });

  expect(config).toMatchObject({
    publicUrl: "https://[::1]:9000",
    roles: { api: true, console: false, worker: true },
    auditDirs: ["/var/audit/", "/srv"],
    auditHosts: ["siem.example.com:6514", "/run/siem.sock"],
    auditRaw: true,
    seal: { type: "awskms", key: "alias/leasehold" },
    tls: { certFile: "/tls/cert.pem", keyFile: "/tls/key.pem" },
    proxies: { trusted: ["10.0.0.0/8", "::1"], rejectNotPresent: false },
    defaultLeaseTtlSeconds: 5400,
    bodyBytesMax: 33_554_432,
  });
});

test("secrets do not print", () => {
  const config = readConfig({
    DATABASE_URL: "postgresql://leasehold:hunter2@db/leasehold",
    LEASEHOLD_ROOT_TOKEN: "hunter2",
    LEASEHOLD_BOOTSTRAP_SECRET: "hunter2",
  });

  expect(JSON.stringify(config)).not.toContain("hunter2");
  expect(config.rootToken?.reveal()).toBe("hunter2");
});

test.each([
  ["LEASEHOLD_PORT", "0", "a port number from 1 to 65535"],
  ["LEASEHOLD_PORT", "tcp://10.0.0.1:8200", "a port number from 1 to 65535"],
  ["LEASEHOLD_HOST", "every where", "an address or a host name"],
  ["DATABASE_URL", "mysql://hunter2@db", "an address that begins with postgresql://"],
  ["LEASEHOLD_ROOT_TOKEN", "with blank", "at most 512 printable characters without blanks"],
  ["LEASEHOLD_INIT", "yes", "auto or manual"],
  ["LEASEHOLD_ROLES", "api,wroker", "a list of api, console and worker"],
  ["LEASEHOLD_ROLES", ",", "a list of api, console and worker"],
  ["LEASEHOLD_AMBIENT_AWS", "true", "on or off"],
  ["LEASEHOLD_LOCAL_AWS", "1", "on or off"],
  ["LEASEHOLD_AUDIT_DIRS", "log", "a list of absolute folders"],
  ["LEASEHOLD_AUDIT_HOSTS", "*", "a list of host:port and of absolute paths of Unix sockets"],
  ["LEASEHOLD_AUDIT_DAYS", "0", "a number of days from 1 to 3650"],
  ["LEASEHOLD_HISTORY_DAYS", "1.5", "a number of days from 1 to 3650"],
  ["LEASEHOLD_PUBLIC_URL", "leasehold.example.com", "an address without a path"],
  ["LEASEHOLD_PUBLIC_URL", "https://example.com/vault", "an address without a path"],
  ["LEASEHOLD_SEAL", "gcpkms:key", "file:, file:<path> or awskms:<key>"],
  ["LEASEHOLD_POOL_MAX", "1", "a number of connections from 2 to 1000"],
  ["LEASEHOLD_BODY_BYTES_MAX", "33554433", "a number of bytes from 1024 to 33554432"],
  ["LEASEHOLD_LOG_LEVEL", "loud", "debug, info, warn or error"],
  ["LEASEHOLD_TRUSTED_PROXIES", "10.0.0.0/33", "a list of addresses and CIDR blocks"],
  ["LEASEHOLD_PROXY_HOP_SKIPS", "-1", "a number of addresses from 0 to 100"],
  ["LEASEHOLD_OIDC_ISSUER", "http://id.example.com", "an https address without query"],
  ["LEASEHOLD_OIDC_ISSUER", "https://id.example.com/?x=1", "an https address without query"],
  ["LEASEHOLD_OIDC_SCOPES", "profile", "a list that begins with openid"],
  ["LEASEHOLD_MAX_LEASE_TTL", "1w", "a duration such as 3600, 60m or 768h"],
])("%s=%s is refused with what it must be", (name, value, expected) => {
  const attempt = () => readConfig({ [name]: value });

  expect(attempt).toThrow(`${name} must be ${expected}`);
  expect(attempt).not.toThrow("hunter2");
});

test.each([
  [
    { LEASEHOLD_TLS_CERT_FILE: "/cert.pem" },
    "LEASEHOLD_TLS_CERT_FILE and LEASEHOLD_TLS_KEY_FILE must be set together.",
  ],
  [
    { LEASEHOLD_DEFAULT_LEASE_TTL: "2h", LEASEHOLD_MAX_LEASE_TTL: "1h" },
    "LEASEHOLD_DEFAULT_LEASE_TTL must not be longer than LEASEHOLD_MAX_LEASE_TTL.",
  ],
])("settings that do not fit together are refused: %o", (env, message) => {
  expect(() => readConfig(env)).toThrow(message);
});

test.each([
  { LEASEHOLD_OIDC_ISSUER: "https://id.example.com" },
  { LEASEHOLD_OIDC_ISSUER: "https://id.example.com", LEASEHOLD_OIDC_CLIENT_ID: "x" },
  { LEASEHOLD_OIDC_CLIENT_ID: "x", LEASEHOLD_OIDC_CLIENT_SECRET: "y" },
])("T217 half a sign-in provider keeps the server from starting: %o", (env) => {
  expect(() => readConfig(env)).toThrow("must be set together");
});

test("misspelt settings are noticed, those of Kubernetes are not", () => {
  const { unknownNames } = readConfig({
    LEASEHOLD_PROT: "8201",
    LEASEHOLD_SERVICE_HOST: "10.0.0.1",
    LEASEHOLD_PORT_8200_TCP: "tcp://10.0.0.1:8200",
    PATH: "/bin",
  });

  expect(unknownNames).toEqual(["LEASEHOLD_PROT"]);
});

test("the README lists every setting with its default and its meaning", () => {
  const readme = existsSync("README.md") ? readFileSync("README.md", "utf8") : "";
  const rows = readme
    .split("\n")
    .filter((line) => /^\| `(LEASEHOLD_\w+|DATABASE_URL|AWS_\w+)` /.test(line))
    .map((line) =>
      line
        .split("|")
        .map((cell) => cell.trim())
        .slice(1, -1),
    );

  expect(rows).toEqual(
    SETTINGS.map((setting) => [
      `\`${setting.name}\``,
      setting.default === null ? "" : `\`${setting.default}\``,
      setting.meaning,
    ]),
  );
});
