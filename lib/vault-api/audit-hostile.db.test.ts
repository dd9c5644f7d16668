import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { logRefusals } from "@/lib/process/rate-limits";
import type { Instance } from "@/lib/testing/instance";
import { dataOf, newWorld, type World } from "@/lib/testing/world";
import { RateLimiter } from "@/lib/vault-api/rate-limiter";

let world: World;
let instance: Instance;
let folder: string;
let file: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "audit-hostile-"));
  file = join(folder, "audit.log");
  world = await newWorld();
  instance = await world.secondInstance({ LEASEHOLD_AUDIT_DIRS: folder });
  await instance.ask("PUT sys/audit/file", { type: "file", options: { file_path: file } });
  await instance.ask("POST sys/auth/userpass", { type: "userpass" });
  await instance.ask("POST sys/mounts/aws", { type: "aws" });
});

afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

type Row = { length: number; entry: Record<string, Record<string, unknown>> };

async function lastEntry(path: string): Promise<Row> {
  const { rows } = await world.pool.query<Row>(
    `select length(entry::text) as length, entry from audit_entry
     where path = $1 order by at desc, seq desc limit 1`,
    [path],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`no entry of ${path}`);
  return row;
}

/** What the file tells of a path, every line of it read as JSON. */
function toldOf(path: string): Record<string, Record<string, unknown>>[] {
  return readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, Record<string, unknown>>)
    .filter(({ request }) => request?.["path"] === path);
}

describe("T196 an entry that would be large", () => {
  const KEYS = 100_000;
  const ENTRY_BYTES_MAX = 10_000;
  const ELIDED = { elided: KEYS, hash: expect.stringMatching(/^hmac-sha256:\w{64}$/) as string };

  test("of a list of 100,000 keys tells their number and a hash, in log and device", async () => {
    await world.pool.query(
      `insert into mount_setting (mount_id, setting, key, body, revision)
       select id, 'user', 'u' || n, '{}', 1 from mount, generate_series(1, ${KEYS}) n where path = 'userpass/'`,
    );

    const listed = await instance.ask("LIST auth/userpass/users");

    expect(listed.status).toBe(200);
    expect(dataOf(listed)["keys"]).toHaveLength(KEYS);
    const { entry, length } = await lastEntry("auth/userpass/users/");
    expect(entry["response"]?.["data"]).toEqual({ keys: ELIDED });
    expect(length).toBeLessThan(ENTRY_BYTES_MAX);
    const told = toldOf("auth/userpass/users/").at(-1);
    expect(told?.["response"]?.["data"]).toEqual({ keys: ELIDED });
    await world.pool.query(`delete from mount_setting where setting = 'user'`);
  });

  test.each([
    ["one long list", Array.from({ length: 9_000 }, () => "")],
    ["many short lists", Array.from({ length: 900 }, () => Array.from({ length: 100 }, () => ""))],
    ["many fields", Object.fromEntries(Array.from({ length: 9_000 }, (_, n) => [`k${n}`, n]))],
  ])("of a request with %s is bounded too", async (_name, value) => {
    const said = await instance.ask("PUT cubbyhole/large", { value });

    expect(said.status).toBe(204);
    const { length } = await lastEntry("cubbyhole/large");
    expect(length).toBeLessThan(150_000);
  });
});

/** Names that would do something where they are shown. */
const HOSTILE = [
  '{"type":"request"}\n{"type":"response","forged":true}',
  "a\r\nb",
  "\u001b[2J\u001b]0;owned\u0007",
  "\u009b31mred",
  "user\u202egpj.exe\u2066\u200b",
  'quote"quote\\" , \'',
  "=cmd|'/c calc'!A1",
  " +1",
  "@SUM(A1)",
  "-2+3",
  "＝1",
  "\t=1",
  "line\u2028separator\u0085next",
  "</script><script>alert(1)</script>",
];

describe("T198 names that are chosen to do harm", () => {
  const RAW =
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069]/;
  let tokens: string[];

  beforeAll(async () => {
    tokens = [];
    for (const name of HOSTILE) {
      const parameters = { display_name: name, meta: { name }, policies: ["default"] };
      const said = await instance.ask("POST auth/token/create", parameters);
      const auth = said.body?.["auth"] as { client_token: string } | undefined;
      expect(said.status).toBe(200);
      tokens.push(auth?.client_token ?? "");
      await instance.send(`GET auth/token/lookup-self?${encodeURIComponent(name)}=1`, {
        token: tokens.at(-1) ?? "",
        headers: { "user-agent": name.replaceAll(/[^\u0020-\u00ff]/g, "?") },
      });
      await instance.send(`GET cubbyhole/${encodeURIComponent(name)}`, {});
    }
  });

  test("make one line of JSON each in a device, in which no terminal finds a command", () => {
    const text = readFileSync(file, "utf8");

    expect(text).not.toMatch(RAW);
    expect(text).not.toContain('"forged":true}\n');
    expect(toldOf("auth/token/lookup-self")).toHaveLength(2 * HOSTILE.length);
    const names = toldOf("auth/token/lookup-self").map(({ auth }) => auth?.["metadata"]);
    for (const name of HOSTILE) expect(names).toContainEqual({ name });
  });

  test("are exported one a line, and read back the same", async () => {
    const said = await instance.ask("GET sys/leasehold/audit/export?format=jsonl&limit=5000");
    const content = String(dataOf(said)["content"]);

    expect(content).not.toMatch(RAW);
    const lines = content.trimEnd().split("\n");
    expect(lines).toHaveLength(Number(dataOf(said)["count"]));
    for (const line of lines) expect(typeof JSON.parse(line)).toBe("object");
  });

  test("are no formulas, and no lines of their own, in a spreadsheet", async () => {
    const said = await instance.ask("GET sys/leasehold/audit/export?format=csv&limit=5000");
    const content = String(dataOf(said)["content"]);
    const rows = content.trimEnd().split("\n");

    expect(content).not.toMatch(RAW);
    expect(rows).toHaveLength(Number(dataOf(said)["count"]) + 1);
    const cells = rows.flatMap((row) => row.match(/(?<=^|,)(?:"(?:[^"]|"")*"|[^,"]*)/g) ?? []);
    expect(cells.length).toBe(rows.length * (rows[0] ?? "").split(",").length);
    expect(cells.filter((cell) => /^"?\s*[=+\-@＝＋－＠]/.test(cell))).toEqual([]);
  });
});

describe("while the log takes no entries", () => {
  const FAULTS = [
    ["refuses them", "raise exception 'refused'"],
    ["has no room left", "raise exception 'could not extend file' using errcode = '53100'"],
    ["answers late and then not at all", "perform pg_sleep(0.5); raise exception 'late'"],
  ] as const;

  test.each(FAULTS)(
    "T185 T186 because it %s, nobody is let in and nothing changes",
    async (_name, fault) => {
      await instance.ask("POST auth/userpass/users/ann", { password: "p4ssw0rd" });
      const before = [await world.countRows("token"), await world.countRows("policy")];
      await world.pool.query(
        `create or replace function refuse_entry() returns trigger language plpgsql as $$ begin ${fault}; end $$`,
      );
      await world.pool.query(
        `create trigger refuse_entry before insert on audit_entry for each row execute function refuse_entry()`,
      );

      const said = [
        await instance.ask("POST auth/userpass/login/ann", { password: "p4ssw0rd" }, ""),
        await instance.ask("POST auth/token/create", { policies: ["default"] }),
        await instance.ask("PUT sys/policies/acl/unlogged", { policy: "" }),
        await instance.ask("GET sys/policies/acl/default"),
      ];

      await world.pool.query("drop trigger refuse_entry on audit_entry");
      expect(said.filter(({ status }) => status < 500)).toEqual([]);
      expect(JSON.stringify(said)).not.toMatch(/client_token|hvs\.|capabilities/);
      expect([await world.countRows("token"), await world.countRows("policy")]).toEqual(before);
      const login = await instance.ask(
        "POST auth/userpass/login/ann",
        { password: "p4ssw0rd" },
        "",
      );
      expect(login.status).toBe(200);
    },
  );
});

describe("T199 a flood", () => {
  const MIB = 1024 ** 2;
  const auditBytes = async (): Promise<number> => {
    const { rows } = await world.pool.query<{ bytes: string }>(
      `select sum(pg_total_relation_size(oid)) as bytes from pg_class
       where relname ~ '^audit_(entry|batch)' and relkind = 'r'`,
    );
    return Number(rows[0]?.bytes);
  };

  test("of 100,000 requests beyond a limit, from more sources than are told apart, leaves little", async () => {
    await instance.ask("POST sys/quotas/rate-limit/all", { rate: 1 });
    const limiter = new RateLimiter({
      metrics: instance.ports.metrics,
      clientAddress: ({ peer }) => peer.address,
      now: () => 0,
    });
    await limiter.follow(await instance.ports.extras.snapshot());
    const before = await auditBytes();
    let refused = 0;

    for (let round = 0; round < 100_000; round += 1) {
      const peer = { address: `10.0.${Math.floor(round / 50) % 40}.${round % 50}`, port: 1 };
      const head = { method: "GET", target: "/v1/sys/mounts", headers: {}, peer };
      if (limiter.admit(head).refused !== null) refused += 1;
    }
    await logRefusals(instance.ports, limiter);

    const { rows } = await world.pool.query<{ sources: number; count: number }>(
      `select count(*)::int as sources, sum((entry->'detail'->>'count')::int)::int as count
       from audit_entry where operation = 'rate_limit.exceeded'`,
    );
    expect(refused).toBe(100_000 - 2_000);
    // A thousand sources by name, the rest together: at most so many in 10 seconds.
    expect(rows).toEqual([{ sources: 1_001, count: refused }]);
    expect(((await auditBytes()) - before) * 6).toBeLessThan(10 * MIB);
    await instance.ask("DELETE sys/quotas/rate-limit/all");
  });
});
