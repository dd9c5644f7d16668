import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { draw, enableAwsMounts, tokenWith } from "@/lib/testing/aws-secrets-mounts";
import { cursorOf, dataOf, errorOf, newWorld, type Said, type World } from "@/lib/testing/world";

let world: World;
let auditor: string;
let limited: string;
let session: string;

beforeAll(async () => {
  world = await newWorld();
  await enableAwsMounts(world, ["aws", "team"]);
  auditor = await tokenWith(
    world,
    "auditor",
    `path "sys/leasehold/audit*" { capabilities = ["read"] }
     path "+/roles/*" { capabilities = ["read"] }`,
  );
  limited = await tokenWith(
    world,
    "limited",
    `path "sys/leasehold/audit*" { capabilities = ["read"] }
     path "team/creds/app" { capabilities = ["read"] }`,
  );
  session = await draw(world, "aws/creds/app");
  await world.send("GET team/creds/app", { from: "10.1.2.3" });
  await world.ask("GET aws/roles/app", undefined, limited);
  await world.ask("GET aws/creds/none");
});

afterAll(() => world.close());

type Row = Record<string, unknown>;

const search = (query: string, token = auditor): Promise<Said> =>
  world.ask(`GET sys/leasehold/audit${query}`, undefined, token);

function entriesOf(said: Said): Row[] {
  expect(said.status).toBe(200);
  const entries = dataOf(said)["entries"];
  return Array.isArray(entries) ? (entries as Row[]) : [];
}

const pathsOf = (said: Said): unknown[] => entriesOf(said).map((entry) => entry["path"]);

describe("the list of entries", () => {
  test("shows an answered request once, newest first, with who asked and what came of it", async () => {
    const entries = entriesOf(await search("?path=aws/creds/,aws/roles/app"));
    expect(entries).toMatchObject([
      { path: "aws/creds/none", outcome: "refused", status: 400 },
      {
        path: "aws/roles/app",
        outcome: "denied",
        status: 403,
        display_name: "token",
        allowed: false,
      },
      {
        path: "aws/creds/app",
        kind: "response",
        outcome: "success",
        operation: "read",
        accessor: "root-accessor",
        display_name: "root",
        mount_path: "aws/",
        lease_id: session,
        remote_address: "127.0.0.1",
        granting_policies: ["root"],
      },
      { path: "aws/roles/app", outcome: "success", operation: "update" },
    ]);
    expect(entries[2]?.["elapsed_ms"]).toBeGreaterThanOrEqual(0);
  });

  test.each([
    ["an outcome", "?outcome=denied", ["aws/roles/app"]],
    [
      "failures but denials",
      "?outcome=denied,refused,failed&not_outcome=denied",
      ["aws/creds/none"],
    ],
    ["a status", "?status=403", ["aws/roles/app"]],
    ["a kind", "?kind=request&path=aws/", ["aws/creds/app"]],
    ["an address", "?remote_address=10.1.2.3", ["team/creds/app"]],
    ["free text", "?q=10.1.2.3", ["team/creds/app"]],
    ["no path", "?path=aws/,team/&not_path=aws/,team/config/,team/roles/", ["team/creds/app"]],
    ["an operation", "?operation=read&path=team/", ["team/creds/app"]],
    ["what is not an operation", "?path=team/creds&not_operation=update", ["team/creds/app"]],
    ["what is not an accessor", "?path=aws/&not_accessor=root-accessor", ["aws/roles/app"]],
    ["what is not an address", "?path=team/creds&not_remote_address=10.1.2.3", []],
    ["a role", "?role=none", ["aws/creds/none"]],
    ["what is not a role", "?path=team/creds/,aws/creds/&not_role=app", ["aws/creds/none"]],
    ["who asked", "?display_name=token&path=aws/", ["aws/roles/app"]],
    ["who did not ask", "?not_display_name=root&path=aws/", ["aws/roles/app"]],
    ["what is not a status", "?path=aws/creds/&not_status=200", ["aws/creds/none"]],
    ["an error", "?error=permission%20denied&path=aws/", ["aws/roles/app"]],
    ["what has passed", "?to=2020-01-01T00:00:00Z", []],
  ])("by %s", async (_name, query, expected) => {
    expect(pathsOf(await search(query))).toEqual(expected);
  });

  test("by lease and by request, the other way round", async () => {
    const [entry] = entriesOf(await search(`?lease_id=${session}`));
    expect(entry).toMatchObject({ path: "aws/creds/app", lease_id: session });
    const again = await search(`?request_id=${String(entry?.["request_id"])}`);
    expect(entriesOf(again)).toEqual([entry]);
  });

  test("is walked by cursor in both orders", async () => {
    const walk = async (sort: string): Promise<unknown[]> => {
      const seen: unknown[] = [];
      let cursor = "";
      do {
        const said = await search(`?path=aws/,team/&limit=2&sort=${sort}&cursor=${cursor}`);
        seen.push(...entriesOf(said).map((entry) => [entry["writer"], entry["seq"]].join(" ")));
        cursor = cursorOf(said);
      } while (cursor !== "");
      return seen;
    };
    const newest = await walk("-time");
    expect(newest.length).toBeGreaterThan(8);
    expect(await walk("time")).toEqual([...newest].reverse());
  });

  test("is walked back to where the walk began, while the range moves on", async () => {
    const ask = async (query: string): Promise<Row> =>
      dataOf(await search(`?path=aws/,team/&limit=3${query}`));
    const first = await ask("");
    const second = await ask(`&from=2020-01-01T00:00:00Z&cursor=${String(first["next_cursor"])}`);
    const third = await ask(`&cursor=${String(second["next_cursor"])}`);
    expect(first["previous_cursor"]).toBeNull();

    const again = await ask(`&before=${String(third["previous_cursor"])}`);
    expect(again["entries"]).toEqual(second["entries"]);
    expect(again["next_cursor"]).toBe(second["next_cursor"]);
    const start = await ask(`&before=${String(again["previous_cursor"])}`);
    expect(start["entries"]).toEqual(first["entries"]);
    expect(start["previous_cursor"]).toBeNull();
  });

  test("finds a hashed value by how the built-in log shows it, and never shows the value", async () => {
    const said = await world.send("GET team/creds/app", { from: "10.1.2.4" });
    const value = String(dataOf(said)["secret_key"]);
    const hashed = await world.ask("POST sys/audit-hash/built-in", { input: value });
    const hash = String(dataOf(hashed)["hash"]);
    expect(pathsOf(await search(`?hash=${hash}&not_path=sys/audit-hash/`))).toEqual([
      "team/creds/app",
    ]);
    const rows = await world.pool.query(`select 1 from audit_entry where entry::text like $1`, [
      `%${value}%`,
    ]);
    expect(rows.rowCount).toBe(0);
  });

  test("counts and draws the whole filter, not the page", async () => {
    const said = await search("?path=aws/&limit=1&count=true&histogram=60");
    const data = dataOf(said);
    expect(data).toMatchObject({ count: 6, count_is_more: false });
    const { bars, width_seconds: width } = data["histogram"] as {
      bars: Record<string, number>[];
      width_seconds: number;
    };
    expect(width).toBe(1800);
    const sum = (name: string) => bars.reduce((all, bar) => all + (bar[name] ?? 0), 0);
    expect([sum("success"), sum("denied"), sum("refused")]).toEqual([4, 1, 1]);
  });

  test.each([
    ["?limit=501", "limit must be from 1 to 500"],
    ["?kind=answer", "kind must be among request, response, both, event"],
    ["?outcome=bad", "outcome must be among success, denied, refused, failed, event, open"],
    ["?status=4xx", "status must be numbers"],
    ["?request_id=1", "request_id is no UUID"],
    ["?q=ab", "q needs words of at least 3 characters"],
    ["?hash=abc", "hash must be what sys/audit-hash answers"],
    ["?cursor=a&before=b", "cursor and before exclude each other"],
    ["?histogram=121", "a histogram has at most 120 bars"],
    ["?cursor=x", "malformed cursor"],
    ["?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from is later than to"],
  ])("refuses %s", async (query, text) => {
    const said = await search(query);
    expect([said.status, errorOf(said)]).toEqual([400, text]);
  });

  test("tells those who see one mount of that mount, and of no other or of the server", async () => {
    const paths = new Set(pathsOf(await search("?limit=500", limited)));
    expect([...paths].sort()).toEqual([
      "team/config/root",
      "team/creds/app",
      "team/roles/app",
      "team/roles/build",
    ]);
    const [entry] = entriesOf(await search(`?lease_id=${session}`));
    const id = String(entry?.["request_id"]);
    expect((await world.ask(`GET sys/leasehold/audit/${id}`, undefined, limited)).status).toBe(404);
  });

  test("is for those whose policies say so, and is itself in the log", async () => {
    const blind = await tokenWith(world, "blind", `path "aws/*" { capabilities = ["read"] }`);
    expect((await search("", blind)).status).toBe(403);
    expect(
      entriesOf(await search("?path=sys/leasehold/audit&limit=1&outcome=denied")),
    ).toHaveLength(1);
  });
});

describe("one request", () => {
  test("is merged from its entries, each with the batch that chains it", async () => {
    const [entry] = entriesOf(await search(`?lease_id=${session}`));
    const said = await world.ask(
      `GET sys/leasehold/audit/${String(entry?.["request_id"])}`,
      undefined,
      auditor,
    );
    const data = dataOf(said);
    expect(data).toMatchObject({
      outcome: "success",
      lease_id: session,
      request: { path: "aws/creds/app", operation: "read" },
      response: { secret: { lease_id: session } },
      auth: { display_name: "root" },
    });
    expect(data["entries"]).toMatchObject([
      { kind: "request", entry: { type: "request" } },
      { kind: "response", entry: { type: "response" } },
    ]);
    const [first] = data["entries"] as { chain: Row }[];
    expect(first?.chain).toMatchObject({ hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    expect(JSON.stringify(said.body)).not.toMatch(
      /"(?:secret_key|security_token)":"(?!hmac-sha256:)/,
    );
  });

  test("an act of the server is found by its place in the log", async () => {
    await world.pool.query(
      `insert into audit_entry (at, writer, seq, kind, operation, path, entry)
       values (now(), '00000000-0000-4000-8000-000000000001', 7, 'event', 'lease.expired', 'team/creds/app', $1)`,
      [JSON.stringify({ event: "lease.expired", detail: {} })],
    );
    const [event] = entriesOf(await search("?kind=event&limit=1"));
    expect(event).toMatchObject({ request_id: null });
    const said = await world.ask(`GET sys/leasehold/audit/${String(event?.["id"])}`);
    expect(dataOf(said)).toMatchObject({ event: "lease.expired", seq: 7 });
    await world.pool.query(`delete from audit_entry where kind = 'event'`);
  });

  test("is absent where there is none", async () => {
    const ask = (id: string) => world.ask(`GET sys/leasehold/audit/${id}`);
    expect((await ask("00000000-0000-0000-0000-000000000000")).status).toBe(404);
    expect(errorOf(await ask("abc"))).toBe("request_id is no UUID");
  });
});

describe("the export", () => {
  const piece = (query: string): Promise<Said> =>
    world.ask(`GET sys/leasehold/audit/export?path=aws/,team/&${query}`, undefined, auditor);

  test("gives the filter's entries as lines of JSON, piece by piece, oldest first", async () => {
    let cursor = "";
    let lines: string[] = [];
    do {
      const said = await piece(`limit=3&cursor=${cursor}`);
      const data = dataOf(said);
      const content = String(data["content"]);
      lines = [...lines, ...content.split("\n").filter((line) => line !== "")];
      cursor = cursorOf(said);
    } while (cursor !== "");
    const rows = lines.map((line) => JSON.parse(line) as Row);
    const shown = entriesOf(await search("?path=aws/,team/&sort=time"));
    expect(rows.map((row) => row["request_id"])).toEqual(shown.map((row) => row["request_id"]));
    expect(rows[0]).toMatchObject({ entry: { type: "response" } });
  });

  test("gives CSV with one head, and no cell that a spreadsheet would run", async () => {
    const { token } = await world.newToken({ policies: ["root"], display_name: "=cmd()" });
    await world.ask("GET team/roles/app", undefined, token);
    const first = dataOf(await piece("format=csv&limit=1"));
    expect(String(first["content"])).toMatch(/^at,writer,seq,/);
    const rest = dataOf(await piece(`format=csv&cursor=${String(first["next_cursor"])}&limit=1`));
    expect(String(rest["content"])).not.toMatch(/^at,/);
    expect(first).toMatchObject({ count: 1, sha256: expect.any(String) as string });
    expect(String(dataOf(await piece("format=csv"))["content"])).not.toMatch(/,[=+@-]/);
  });

  test("refuses other formats", async () => {
    expect(errorOf(await piece("format=xml"))).toBe("format must be one of jsonl, csv");
  });
});

describe("integrity", () => {
  const check = (query = ""): Promise<Row> =>
    world
      .ask(`GET sys/leasehold/audit/integrity${query}`, undefined, auditor)
      .then((said) => dataOf(said));

  test("finds the log whole, and says what was looked at", async () => {
    expect(await check()).toMatchObject({ intact: true, defects: [], retired: 0 });
    expect(Number((await check())["rows"])).toBeGreaterThan(10);
  });

  test("names what was altered, removed and added within the range", async () => {
    const { pool } = world;
    await pool.query(
      `update audit_entry set status = 200 where path = 'aws/roles/app' and status = 403`,
    );
    const altered = await check();
    expect(altered).toMatchObject({ intact: false, defects: [{ what: "row altered" }] });
    await pool.query(
      `update audit_entry set status = 403 where path = 'aws/roles/app' and status = 200 and accessor <> 'root-accessor'`,
    );
    expect(await check()).toMatchObject({ intact: true });
    await pool.query(
      `insert into audit_entry (at, writer, seq, kind, operation, path, entry)
       values (now(), gen_random_uuid(), 1, 'both', 'read', 'aws/creds/app', '{}')`,
    );
    expect(await check()).toMatchObject({ defects: [{ what: "row without a batch" }] });
  });

  test("takes the batch before the range for granted", async () => {
    await world.pool.query(`delete from audit_entry where entry::text = '{}'`);
    const from = await world.pool.query<{ at: string }>(
      `select to_char(percentile_disc(0.5) within group (order by at) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MSZ') as at from audit_batch`,
    );
    const report = await check(`?from=${from.rows[0]?.at ?? ""}`);
    expect(report).toMatchObject({ intact: true });
    expect(Number(report["batches"])).toBeLessThan(await world.countRows("audit_batch"));
  });

  test("reads at most a day at once", async () => {
    const said = await world.ask("GET sys/leasehold/audit/integrity?from=2020-01-01T00:00:00Z");
    expect(errorOf(said)).toBe("a range of at most one day is verified at once");
  });
});
