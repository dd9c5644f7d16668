import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { authOf, dataOf, newWorld, type Said, type World } from "@/lib/testing/world";

const ACCOUNT = "111122223333";
const ALLOW_ALL = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
};
const TRUST = {
  Version: "2012-10-17",
  Statement: {
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
    Action: "sts:AssumeRole",
  },
};

let world: World;
/** What nobody may find again, by what it is. */
const canaries = new Map<string, string>();

beforeAll(async () => {
  world = await newWorld();
  await bustle();
});

afterAll(() => world.close());

function canary(name: string): string {
  // With characters that encodings change.
  const value = `canary/${name}+"${randomBytes(12).toString("base64url")}`;
  canaries.set(name, value);
  return value;
}

function keep(name: string, value: unknown): string {
  if (typeof value !== "string" || value.length < 12) throw new Error(`there is no ${name}`);
  canaries.set(name, value);
  return value;
}

/** A busy run in which every kind of secret passes through. */
async function bustle(): Promise<void> {
  const rootKey = {
    accessKeyId: "AKIAROOTROOTROOT0001",
    secretAccessKey: canary("root secret key"),
  };
  world.simulator.seed({
    accounts: [
      {
        id: ACCOUNT,
        users: [{ name: "root", accessKeys: [rootKey], inlinePolicies: { all: ALLOW_ALL } }],
        roles: [{ name: "app", trust: TRUST, maxSessionSeconds: 3600 }],
      },
    ],
  });
  await world.ask("POST sys/mounts/aws", { type: "aws" });
  await world.ask("PUT aws/config/root", {
    access_key: rootKey.accessKeyId,
    secret_key: rootKey.secretAccessKey,
    region: "us-east-1",
    iam_endpoint: world.simulator.url,
    sts_endpoint: world.simulator.url,
    max_retries: 0,
  });
  await credentials();
  await tokens();
  await logins();
  await values();
}

async function credentials(): Promise<void> {
  await world.ask("PUT aws/roles/user", {
    credential_type: "iam_user",
    policy_document: JSON.stringify(ALLOW_ALL),
  });
  await world.ask("PUT aws/roles/session", {
    credential_type: "assumed_role",
    role_arns: `arn:aws:iam::${ACCOUNT}:role/app`,
  });
  const user = await world.ask("GET aws/creds/user");
  const session = dataOf(await world.ask("GET aws/creds/session"));
  keep("secret key of a user", dataOf(user)["secret_key"]);
  keep("secret key of a session", session["secret_key"]);
  keep("session token", session["session_token"]);
  await world.ask("PUT sys/leases/revoke", { lease_id: user.body?.["lease_id"], sync: true });
}

async function tokens(): Promise<void> {
  const auth = authOf(await world.ask("POST auth/token/create", { meta: { team: "red" } }));
  const token = keep("service token", auth["client_token"]);
  keep(
    "batch token",
    authOf(await world.ask("POST auth/token/create", { type: "batch", policies: ["default"] }))[
      "client_token"
    ],
  );
  const chosen = canary("token of one's own choice").replaceAll(".", "");
  await world.ask("POST auth/token/create", { id: chosen });
  await world.ask("POST auth/token/lookup", { token });
  await world.ask("POST auth/token/renew", { token });
  await world.ask("GET auth/token/lookup-self", undefined, token);
  await world.ask("GET sys/mounts", undefined, canary("token that opens nothing"));
  const wrapped = await world.send("POST sys/wrapping/wrap", {
    body: { a: canary("wrapped value") },
    headers: { "x-vault-wrap-ttl": "60" },
  });
  const { token: wrapping } = wrapped.body?.["wrap_info"] as { token: string };
  keep("wrapping token", wrapping);
  await world.ask("POST sys/wrapping/lookup", { token: wrapping });
  await world.ask("POST auth/token/revoke", { token });
}

async function logins(): Promise<void> {
  await world.ask("POST sys/auth/userpass", { type: "userpass" });
  await world.ask("POST auth/userpass/users/u", { password: canary("password") });
  await world.ask("POST auth/userpass/login/u", { password: canaries.get("password") }, "");
  await world.ask("POST auth/userpass/login/u", { password: canary("wrong password") }, "");
  await world.ask("POST sys/auth/approle", { type: "approle" });
  await world.ask("POST auth/approle/role/r", {});
  const role = dataOf(await world.ask("GET auth/approle/role/r/role-id"));
  const secret = dataOf(await world.ask("POST auth/approle/role/r/secret-id", {}));
  keep("secret id", secret["secret_id"]);
  await world.ask(
    "POST auth/approle/login",
    { role_id: role["role_id"], secret_id: secret["secret_id"] },
    "",
  );
  await world.ask("POST auth/approle/role/r/secret-id/lookup", { secret_id: secret["secret_id"] });
  await world.ask("POST auth/approle/role/r/custom-secret-id", {
    secret_id: canary("custom secret id"),
  });
}

async function values(): Promise<void> {
  const nested = { deep: [{ deeper: canary("nested value") }], number: 987_654_321_987 };
  canaries.set("number", "987654321987");
  await world.ask("PUT cubbyhole/a", { text: canary("cubbyhole value"), nested });
  await world.ask("GET cubbyhole/a");
  await world.ask("PUT sys/policies/acl/p", {
    policy: "",
    unknown: canary("unknown field"),
    nested,
  });
  await world.ask(
    "POST auth/userpass/login/u",
    { password: 1, other: canary("field of a public path") },
    "",
  );
  await world.ask(`GET sys/mounts?secret=${encodeURIComponent(canary("query value"))}`);
  await world.ask("PUT sys/config/auditing/request-headers/x-secret", { hmac: true });
  await world.send("GET sys/mounts", {
    headers: { "x-secret": canary("audited header"), cookie: canary("cookie") },
  });
}

/** A text as it may be found: plain, and under the encodings that tables and logs use. */
function formsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  return [
    text,
    JSON.stringify(text).slice(1, -1),
    JSON.stringify(JSON.stringify(text)).slice(3, -3),
    encodeURIComponent(text),
    bytes.toString("hex"),
    // Whatever stands around it, some base64 of its middle is the same.
    ...[0, 1, 2].flatMap((skip) => {
      const aligned = bytes.subarray(skip, skip + 3 * Math.floor((bytes.length - skip) / 3));
      return [aligned.toString("base64"), aligned.toString("base64url")];
    }),
  ];
}

function found(text: string): string[] {
  return [...canaries]
    .filter(([, value]) => formsOf(value).some((form) => text.includes(form)))
    .map(([name]) => name);
}

async function tables(): Promise<string[]> {
  const { rows } = await world.pool.query<{ name: string }>(
    `select relname as name from pg_class
     where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and not relispartition order by relname`,
  );
  return rows.map(({ name }) => name);
}

async function dump(table: string): Promise<string> {
  const { rows } = await world.pool.query<{ all: string | null }>(
    `select string_agg(t::text, E'\\n') as all from ${table} t`,
  );
  return rows[0]?.all ?? "";
}

test("the search finds what is there", async () => {
  expect(canaries.size).toBeGreaterThan(20);
  expect(
    found(`x${Buffer.from(`yy${canaries.get("password") ?? ""}`).toString("base64")}`),
  ).toEqual(["password"]);
  expect(await dump("audit_entry")).toContain("hmac-sha256:");
});

test("T93 T127 T201 no table holds a token, a password, an issued secret or a stored value in clear", async () => {
  const hits: string[] = [];
  for (const table of await tables()) {
    hits.push(...found(await dump(table)).map((name) => `${table}: ${name}`));
  }

  expect(hits).toEqual([]);
});

test("T187 no entry of the log shows a value, whatever its type and place", async () => {
  expect(found(await dump("audit_entry"))).toEqual([]);
});

test("T188 a header that the log shows is hashed where that was asked for", async () => {
  expect(
    await world.countRows(
      "audit_entry",
      `entry->'request'->'headers'->'x-secret'->>0 like 'hmac-sha256:%'`,
    ),
  ).toBe(1);
});

test("T208 what fails in the database tells no secret, neither the caller nor the operator's log", async () => {
  const secrets = { a: canary("value of a failed write") };
  const answers: Said[] = [];
  for (const table of ["cubbyhole", "mount_setting", "token", "approle_secret_id", "lease"]) {
    await world.pool.query(
      `alter table ${table} add column missing_value text not null default 'x'`,
    );
    await world.pool.query(`alter table ${table} alter column missing_value drop default`);
    answers.push(
      await world.ask("PUT cubbyhole/failing", secrets),
      await world.ask("POST auth/userpass/users/failing", { password: secrets.a }),
      await world.ask("POST auth/token/create", { meta: { m: secrets.a } }),
      await world.ask("POST auth/approle/role/r/custom-secret-id", {
        secret_id: `${secrets.a}${table}`,
      }),
      await world.ask("GET aws/creds/session"),
    );
    await world.pool.query(`alter table ${table} drop column missing_value`);
  }

  const failed = answers.filter(({ status }) => status >= 500);
  expect(failed.length).toBeGreaterThanOrEqual(5);
  expect(found(JSON.stringify(failed))).toEqual([]);
  expect(world.log.join("")).toContain("missing_value");
  expect(found(world.log.join("\n"))).toEqual([]);
});

test("T201 the operator's log shows no secret of the whole run", () => {
  expect(found(world.log.join("\n"))).toEqual([]);
});

describe("T128 the root credential", () => {
  test("is never read back, and stays when an update leaves it out", async () => {
    await world.ask("PUT aws/config/root", {
      region: "eu-west-1",
      access_key: "AKIAROOTROOTROOT0001",
    });
    const read = await world.ask("GET aws/config/root");
    await world.ask("PUT aws/config/root", { region: "us-east-1" });

    expect(found(JSON.stringify(read))).toEqual([]);
    expect(dataOf(read)).not.toHaveProperty("secret_key");
  });
});

describe("T202 a sealed value opens in its own place only", () => {
  beforeEach(async () => {
    await world.pool.query("delete from cubbyhole where path in ('one', 'two')");
    await world.ask("PUT cubbyhole/one", { v: "first" });
    await world.ask("PUT cubbyhole/two", { v: "second" });
  });

  test("exchanged between two rows, neither opens, and others do", async () => {
    await world.pool.query(
      `update cubbyhole c set sealed = o.sealed from cubbyhole o
       where c.token_hmac = o.token_hmac and (c.path, o.path) in (('one', 'two'), ('two', 'one'))`,
    );

    expect((await world.ask("GET cubbyhole/one")).status).toBe(500);
    expect((await world.ask("GET cubbyhole/two")).status).toBe(500);
    expect((await world.ask("GET cubbyhole/a")).status).toBe(200);
  });

  test("T174 with one bit flipped it does not open, wherever the bit is", async () => {
    const { rows } = await world.pool.query<{ length: number }>(
      "select length(sealed) as length from cubbyhole where path = 'one'",
    );
    for (const at of [0, 20, 30, (rows[0]?.length ?? 0) - 1]) {
      await world.pool.query(
        "update cubbyhole set sealed = set_byte(sealed, $1, get_byte(sealed, $1) # 1) where path = 'one'",
        [at],
      );
      expect((await world.ask("GET cubbyhole/one")).status).toBe(500);
      await world.pool.query(
        "update cubbyhole set sealed = set_byte(sealed, $1, get_byte(sealed, $1) # 1) where path = 'one'",
        [at],
      );
    }
    expect((await world.ask("GET cubbyhole/one")).status).toBe(200);
  });

  test("moved from another column or another installation it does not open", async () => {
    const stranger = await newWorld();
    await stranger.ask("PUT cubbyhole/one", { v: "foreign" });
    const foreign = await stranger.pool.query<{ sealed: Buffer }>("select sealed from cubbyhole");
    await stranger.close();
    const own = await world.pool.query<{ sealed: Buffer }>(
      "select sealed from mount_setting where sealed is not null limit 1",
    );

    for (const { sealed } of [...foreign.rows, ...own.rows]) {
      await world.pool.query("update cubbyhole set sealed = $1 where path = 'one'", [sealed]);
      expect((await world.ask("GET cubbyhole/one")).status).toBe(500);
    }
    expect(own.rows).toHaveLength(1);
    expect(foreign.rows).toHaveLength(1);
  });
});
