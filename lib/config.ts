import { isAbsolute, join, normalize, resolve } from "node:path";
import { z } from "zod";
import { isAddressOrBlock } from "@/lib/engine/cidr";
import { EngineError } from "@/lib/engine/errors";
import { Secret } from "@/lib/engine/secret";

const BODY_BYTES_DEFAULT = 1024 ** 2;
const BODY_BYTES_MAX = 32 * 1024 ** 2;
const BODY_BYTES_MIN = 1024;
const CONNECTIONS_MAX = 1000;
const DAYS_MAX = 3650;
const HOP_SKIPS_MAX = 100;
const TTL_SECONDS_MAX = 10 * 365 * 86_400;
const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Each message completes the sentence "LEASEHOLD_… must be …". */
const Environment = z.object({
  LEASEHOLD_PORT: integer(1, 65_535, "a port number")
    .prefault("8200")
    .describe("Port of the API and the console."),
  LEASEHOLD_HOST: matching(/^[\w.:-]+$/, "an address or a host name")
    .prefault("127.0.0.1")
    .describe("Address to listen on; `0.0.0.0` for all."),
  LEASEHOLD_DATA_DIR: path()
    .prefault(".leasehold")
    .describe("Folder of the embedded database and of the seal's key file."),
  DATABASE_URL: matching(/^postgres(ql)?:\/\/\S+$/, "an address that begins with postgresql://")
    .transform((url) => new Secret(url))
    .optional()
    .describe(
      "Postgres 15 or later: `postgresql://user:password@host:port/database`. Without it, the embedded Postgres is started.",
    ),
  LEASEHOLD_ROOT_TOKEN: secret()
    .optional()
    .describe(
      "The root token that the first start of an empty installation creates. Without it, a random one is made and printed once.",
    ),
  LEASEHOLD_INIT: z
    .enum(["auto", "manual"], "auto or manual")
    .prefault("auto")
    .describe(
      "`auto`: the first start initialises by itself. `manual`: it waits for `vault operator init`.",
    ),
  LEASEHOLD_BOOTSTRAP_SECRET: secret()
    .optional()
    .describe("Lets `vault operator init` in from other addresses than loopback."),
  LEASEHOLD_ROLES: commaList()
    .pipe(
      z
        .array(z.enum(["api", "console", "worker"], "a list of api, console and worker"))
        .min(1, "a list of api, console and worker"),
    )
    .prefault("api,console,worker")
    .describe("What this process does. Several processes may share the work on one database."),
  AWS_REGION: matching(/^[a-z0-9-]+$/, "a region such as eu-west-1")
    .optional()
    .describe(
      "Region of AWS where a mount names none. Without it `AWS_DEFAULT_REGION`, else `us-east-1`.",
    ),
  AWS_DEFAULT_REGION: matching(/^[a-z0-9-]+$/, "a region such as eu-west-1")
    .optional()
    .describe("As `AWS_REGION`, which is looked at first."),
  LEASEHOLD_AMBIENT_AWS: flag()
    .prefault("on")
    .describe(
      "`off`: a mount without credentials may not use those of this host (instance profile, task role, environment).",
    ),
  LEASEHOLD_LOCAL_AWS: flag()
    .prefault("off")
    .describe(
      "`on`: AWS endpoints on loopback, also over `http`, may be configured. For the demo and for tests.",
    ),
  LEASEHOLD_AUDIT_DIRS: commaList()
    .pipe(z.array(z.string().refine(isAbsolute, "a list of absolute folders").transform(normalize)))
    .optional()
    .describe(
      "Folders that audit files may be written below, separated by commas. Without it, `/var/log` and the data folder.",
    ),
  LEASEHOLD_AUDIT_HOSTS: commaList()
    .pipe(
      z.array(
        z
          .string()
          .refine(isSocketAddress, "a list of host:port and of absolute paths of Unix sockets"),
      ),
    )
    .optional()
    .describe(
      "Sockets that audit devices may write to, separated by commas: `host:port`, or the path of a Unix socket. Without it, none.",
    ),
  LEASEHOLD_AUDIT_RAW: flag()
    .prefault("off")
    .describe("`on`: audit devices with `log_raw`, which show secrets in clear, may be enabled."),
  LEASEHOLD_AUDIT_DAYS: integer(1, DAYS_MAX, "a number of days")
    .prefault("90")
    .describe("Days that entries of the built-in audit log are kept."),
  LEASEHOLD_HISTORY_DAYS: integer(1, DAYS_MAX, "a number of days")
    .prefault("90")
    .describe("Days that ended leases and tokens are kept."),
  LEASEHOLD_PUBLIC_URL: z
    .string()
    .refine(isOrigin, "an address without a path, such as https://leasehold.example.com")
    .transform((url) => new URL(url).origin)
    .optional()
    .describe(
      "Where people and workloads reach this program. Without it, the address it listens on.",
    ),
  LEASEHOLD_SEAL: matching(/^(file:.*|awskms:\S+)$/, "file:, file:<path> or awskms:<key>")
    .prefault("file:")
    .describe(
      "What wraps the data keys: `file:<path>` a key file (`file:` alone: `seal.key` in the data folder), `awskms:<key>` a key of AWS KMS.",
    ),
  LEASEHOLD_POOL_MAX: integer(2, CONNECTIONS_MAX, "a number of connections")
    .prefault("20")
    .describe("Connections to Postgres that this process opens, at most."),
  LEASEHOLD_BODY_BYTES_MAX: integer(BODY_BYTES_MIN, BODY_BYTES_MAX, "a number of bytes")
    .prefault(String(BODY_BYTES_DEFAULT))
    .describe("Bytes of a request's body, at most; up to 33554432."),
  LEASEHOLD_TLS_CERT_FILE: path()
    .optional()
    .describe("Certificate chain (PEM) to serve https with; read again when it changes."),
  LEASEHOLD_TLS_KEY_FILE: path().optional().describe("Private key (PEM) of that certificate."),
  LEASEHOLD_LOG_LEVEL: z
    .enum(["debug", "info", "warn", "error"], "debug, info, warn or error")
    .prefault("info")
    .describe("`debug`, `info`, `warn` or `error`."),
  LEASEHOLD_TRUSTED_PROXIES: commaList()
    .pipe(z.array(z.string().refine(isAddressOrBlock, "a list of addresses and CIDR blocks")))
    .optional()
    .describe(
      "Addresses and CIDR blocks, separated by commas, of proxies whose `X-Forwarded-For` names the client.",
    ),
  LEASEHOLD_PROXY_HOP_SKIPS: integer(0, HOP_SKIPS_MAX, "a number of addresses")
    .prefault("0")
    .describe("How many addresses at the end of `X-Forwarded-For` are proxies too."),
  LEASEHOLD_PROXY_REJECT_NOT_PRESENT: flag()
    .prefault("on")
    .describe("`off`: a request of a trusted proxy without the header is let in."),
  LEASEHOLD_PROXY_REJECT_NOT_AUTHORIZED: flag()
    .prefault("on")
    .describe(
      "`off`: a request with the header from an address that is no trusted proxy is let in, the header ignored.",
    ),
  LEASEHOLD_OIDC_ISSUER: z
    .string()
    .refine(isIssuer, "an https address without query; http on loopback only")
    .optional()
    .describe(
      "Issuer of the OpenID Connect provider that operators sign in with. Its redirect address here is `<public url>/api/auth/callback/oidc`.",
    ),
  LEASEHOLD_OIDC_CLIENT_ID: matching(/^[\x21-\x7e]{1,512}$/, "a client id without blanks")
    .optional()
    .describe("Our client id there; goes with the issuer."),
  LEASEHOLD_OIDC_CLIENT_SECRET: secret()
    .optional()
    .describe("Our client secret there; goes with the issuer."),
  LEASEHOLD_OIDC_NAME: matching(/^[^\p{C}]{1,40}$/u, "a name of at most 40 characters")
    .prefault("single sign-on")
    .describe("What the provider is called on the sign-in page."),
  LEASEHOLD_OIDC_SCOPES: matching(/^openid(?: [\x21-\x7e]+)*$/, "a list that begins with openid")
    .prefault("openid profile email")
    .describe(
      "Scopes to ask for, separated by blanks; add the one that gives groups, if there is one.",
    ),
  LEASEHOLD_OIDC_GROUPS_CLAIM: matching(/^[\w.:/-]{1,128}$/, "the name of a claim")
    .prefault("groups")
    .describe(
      "Claim that lists an operator's groups; `auth/console-oidc/groups/<group>` gives a group its policies.",
    ),
  LEASEHOLD_DEFAULT_LEASE_TTL: duration()
    .prefault("768h")
    .describe(
      "How long tokens and leases live where nothing else says: seconds, or a number with `s`, `m`, `h` or `d`.",
    ),
  LEASEHOLD_MAX_LEASE_TTL: duration()
    .prefault("768h")
    .describe("How long they may live at most where nothing else says."),
});
type Environment = z.output<typeof Environment>;

/** Names and values, as `process.env` has them. */
type Variables = Readonly<Record<string, string | undefined>>;

/** What wraps the data keys. */
export type SealChoice = { type: "file"; path: string } | { type: "awskms"; key: string };

/** The settings of this process; the table `SETTINGS` says what each means. */
export type Config = ReturnType<typeof toConfig>;

/**
 * Reads the settings of this process.
 *
 * @throws EngineError `invalid_request` with a sentence that names the first wrong setting.
 */
export function readConfig(env: Variables = process.env): Config {
  // Compose files and shells leave a variable empty to leave it out.
  const given = Object.entries(env).filter(([, value]) => value !== "");
  const parsed = Environment.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw wrong(`${String(issue?.path[0])} must be ${issue?.message ?? "something else"}`);
  }
  return Object.freeze(toConfig(parsed.data, findUnknownNames(env)));
}

/** Name, default and meaning of every setting, as the README lists them. */
export const SETTINGS = Object.entries(Environment.shape).map(([name, schema]) => ({
  name,
  default: schema instanceof z.ZodPrefault ? schema.def.defaultValue : null,
  meaning: schema.description ?? "",
}));

function toConfig(env: Environment, unknownNames: readonly string[]) {
  const dataDir = env.LEASEHOLD_DATA_DIR;
  const tls = toTls(env);
  const scheme = tls === null ? "http" : "https";
  const host = env.LEASEHOLD_HOST.includes(":") ? `[${env.LEASEHOLD_HOST}]` : env.LEASEHOLD_HOST;
  if (env.LEASEHOLD_DEFAULT_LEASE_TTL > env.LEASEHOLD_MAX_LEASE_TTL) {
    throw wrong("LEASEHOLD_DEFAULT_LEASE_TTL must not be longer than LEASEHOLD_MAX_LEASE_TTL");
  }
  return {
    port: env.LEASEHOLD_PORT,
    host: env.LEASEHOLD_HOST,
    publicUrl: env.LEASEHOLD_PUBLIC_URL ?? `${scheme}://${host}:${env.LEASEHOLD_PORT}`,
    tls,
    oidc: toOidc(env),
    dataDir,
    databaseUrl: env.DATABASE_URL ?? null,
    connectionsMax: env.LEASEHOLD_POOL_MAX,
    seal: toSeal(env.LEASEHOLD_SEAL, dataDir),
    rootToken: env.LEASEHOLD_ROOT_TOKEN ?? null,
    init: env.LEASEHOLD_INIT,
    bootstrapSecret: env.LEASEHOLD_BOOTSTRAP_SECRET ?? null,
    roles: {
      api: env.LEASEHOLD_ROLES.includes("api"),
      console: env.LEASEHOLD_ROLES.includes("console"),
      worker: env.LEASEHOLD_ROLES.includes("worker"),
    },
    awsRegion: env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? "us-east-1",
    ambientAws: env.LEASEHOLD_AMBIENT_AWS,
    localAws: env.LEASEHOLD_LOCAL_AWS,
    auditDirs: env.LEASEHOLD_AUDIT_DIRS ?? ["/var/log", dataDir],
    auditHosts: env.LEASEHOLD_AUDIT_HOSTS ?? [],
    auditRaw: env.LEASEHOLD_AUDIT_RAW,
    auditDays: env.LEASEHOLD_AUDIT_DAYS,
    historyDays: env.LEASEHOLD_HISTORY_DAYS,
    bodyBytesMax: env.LEASEHOLD_BODY_BYTES_MAX,
    logLevel: env.LEASEHOLD_LOG_LEVEL,
    proxies: {
      trusted: env.LEASEHOLD_TRUSTED_PROXIES ?? [],
      hopSkips: env.LEASEHOLD_PROXY_HOP_SKIPS,
      rejectNotPresent: env.LEASEHOLD_PROXY_REJECT_NOT_PRESENT,
      rejectNotAuthorized: env.LEASEHOLD_PROXY_REJECT_NOT_AUTHORIZED,
    },
    defaultLeaseTtlSeconds: env.LEASEHOLD_DEFAULT_LEASE_TTL,
    maxLeaseTtlSeconds: env.LEASEHOLD_MAX_LEASE_TTL,
    /** Variables that look like settings of this program and are none: misspelt, most likely. */
    unknownNames,
  };
}

function isSocketAddress(text: string): boolean {
  return isAbsolute(text) || /^\S+:\d{1,5}$/.test(text);
}

function toTls(env: Environment): { certFile: string; keyFile: string } | null {
  const { LEASEHOLD_TLS_CERT_FILE: certFile, LEASEHOLD_TLS_KEY_FILE: keyFile } = env;
  if (certFile !== undefined && keyFile !== undefined) {
    return { certFile, keyFile };
  }
  if (certFile !== undefined || keyFile !== undefined) {
    throw wrong("LEASEHOLD_TLS_CERT_FILE and LEASEHOLD_TLS_KEY_FILE must be set together");
  }
  return null;
}

/** Half a provider is a mistake: operators would be locked out, or let in by nobody knows whom. */
function toOidc(env: Environment) {
  const {
    LEASEHOLD_OIDC_ISSUER: issuer,
    LEASEHOLD_OIDC_CLIENT_ID: clientId,
    LEASEHOLD_OIDC_CLIENT_SECRET: clientSecret,
  } = env;
  if (issuer === undefined && clientId === undefined && clientSecret === undefined) return null;
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) {
    throw wrong(
      "LEASEHOLD_OIDC_ISSUER, LEASEHOLD_OIDC_CLIENT_ID and LEASEHOLD_OIDC_CLIENT_SECRET must be set together",
    );
  }
  return {
    issuer,
    clientId,
    clientSecret,
    name: env.LEASEHOLD_OIDC_NAME,
    scopes: env.LEASEHOLD_OIDC_SCOPES,
    groupsClaim: env.LEASEHOLD_OIDC_GROUPS_CLAIM,
  };
}

function toSeal(seal: string, dataDir: string): SealChoice {
  const type = seal.slice(0, seal.indexOf(":"));
  const rest = seal.slice(type.length + 1);
  if (type === "awskms") {
    return { type, key: rest };
  }
  return { type: "file", path: rest === "" ? join(dataDir, "seal.key") : resolve(rest) };
}

/** Kubernetes sets LEASEHOLD_SERVICE_… and LEASEHOLD_PORT_… for a service called leasehold. */
function findUnknownNames(env: Variables): string[] {
  const known = new Set(Object.keys(Environment.shape));
  return Object.keys(env).filter(
    (name) => /^LEASEHOLD_(?!SERVICE_|PORT_|TEST_)/.test(name) && !known.has(name),
  );
}

function wrong(message: string): EngineError {
  return new EngineError("invalid_request", `${message}.`);
}

function matching(pattern: RegExp, expected: string) {
  return z.string().regex(pattern, expected);
}

function path() {
  return z.string().transform((value) => resolve(value));
}

/** Printable, without blanks: what a header can carry. */
function secret() {
  return matching(
    /^[\x21-\x7e]{1,512}$/,
    "at most 512 printable characters without blanks",
  ).transform((value) => new Secret(value));
}

function integer(min: number, max: number, what: string) {
  const expected = `${what} from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,12}$/, expected)
    .transform(Number)
    .pipe(z.number().min(min, expected).max(max, expected));
}

function flag() {
  return z.enum(["on", "off"], "on or off").transform((value) => value === "on");
}

function commaList() {
  return z.string().transform((list) =>
    list
      .split(",")
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ""),
  );
}

function duration() {
  const expected = "a duration such as 3600, 60m or 768h, of at most ten years";
  return z
    .string()
    .regex(/^\d{1,10}[smhd]?$/, expected)
    .transform((value) => Number.parseInt(value, 10) * (UNIT_SECONDS[value.slice(-1)] ?? 1))
    .pipe(z.number().min(1, expected).max(TTL_SECONDS_MAX, expected));
}

/** Over plain http anybody on the way could be the provider. */
function isIssuer(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, search, hash, username } = new URL(value);
  if (`${search}${hash}${username}` !== "") return false;
  return (
    protocol === "https:" ||
    (protocol === "http:" && /^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(hostname))
  );
}

function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) {
    return false;
  }
  const { protocol, pathname, search, hash, username } = new URL(value);
  return /^https?:$/.test(protocol) && pathname === "/" && `${search}${hash}${username}` === "";
}

/**
 * Lets the sign-in library take the console's address from the headers that the console's front
 * writes into every request, in place of whatever the client said.
 */
export function trustForwardedHost(): void {
  process.env["AUTH_TRUST_HOST"] = "true";
}

/**
 * Keeps the AWS SDK from printing at start that a coming release of it will want a newer Node: the
 * versions that this program supports are named in package.json, and each works with the SDK it pins.
 */
export function quietAwsSdk(): void {
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
}
