import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { actionRows, type ActionRow, builtActions } from "@/e2e/console/action-table";
import { type Demo, expect, type OperatorName, test } from "@/e2e/console/fixtures";
import { cookieFor, say } from "@/e2e/console/http";

type Result = { ok: boolean; refusal?: { kind: string; message: string }; fields?: object };

const cookieOf = (demo: Demo, who: OperatorName): Promise<string> =>
  cookieFor(demo.url, "userpass", {
    mount: "userpass",
    username: who,
    password: demo.passwords[who],
  }).then(({ cookie }) => cookie);

async function call(
  demo: Demo,
  action: { id: string; page: string },
  said: { cookie: string; args: unknown },
): Promise<{ status: number; result: Result | null; body: string }> {
  const { status, body } = await say(demo.url, action.page, {
    method: "POST",
    headers: {
      cookie: said.cookie,
      origin: demo.url,
      "next-action": action.id,
      "content-type": "text/plain;charset=UTF-8",
    },
    body: JSON.stringify(said.args),
  });
  const line = body.split("\n").find((text) => /^\w+:\{"ok":/.test(text));
  const result = line === undefined ? null : (JSON.parse(line.replace(/^\w+:/, "")) as Result);
  return { status, result, body };
}

async function newLeases(demo: Demo): Promise<string[]> {
  const leases: string[] = [];
  for (let count = 0; count < 4; count += 1) {
    const { body } = await demo.api("GET aws/creds/app-deploy");
    leases.push(String(body["lease_id"]));
  }
  return leases;
}

/** All that the API was asked to change, and by whom. */
async function changes(demo: Demo): Promise<number> {
  const { rows } = await demo.database.query<{ count: number }>(
    `select count(*)::int as count from audit_entry
     where kind <> 'event' and operation in ('create', 'update', 'patch', 'delete')`,
  );
  return rows[0]?.count ?? 0;
}

type Found = { id: string; page: string; name: string; row: ActionRow };

/** Each action of the build with its row. */
function actionsWith(leases: readonly string[]): Found[] {
  const rows = actionRows({ leases });
  return builtActions().flatMap((action) => {
    const row = rows[action.name];
    expect.soft(row, `a row that says who may call ${action.name}`).toBeDefined();
    return row === undefined || row === "sign-out" ? [] : [{ ...action, row }];
  });
}

test("T214 T212 each action does for each operator what their policies say, and nothing for nobody", async ({
  demo,
}) => {
  test.setTimeout(120_000);
  const actions = actionsWith(await newLeases(demo));
  const before = await changes(demo);

  for (const { name, row, ...action } of actions) {
    for (const cookie of ["", "leasehold-session=none"]) {
      const { status, result } = await call(demo, action, { cookie, args: [row.input] });
      expect.soft([status, result], name).toEqual([401, null]);
    }
  }
  expect(await changes(demo)).toBe(before);
  for (const who of ["auditor", "oncall", "admin"] as const) {
    const cookie = await cookieOf(demo, who);
    for (const { name, row, ...action } of actions) {
      const { status, result, body } = await call(demo, action, { cookie, args: [row.input] });
      const what = `${name} for ${who}: ${body.slice(0, 400)}`;
      expect.soft(status, what).toBe(200);
      expect.soft(result?.fields ?? {}, what).toEqual({});
      expect.soft(result?.refusal?.kind !== "forbidden", what).toBe(row.may.includes(who));
    }
  }
});

/** What no form says: objects, lists, numbers and nothing in place of what is asked for. */
function malformed(input: Record<string, unknown>): unknown[] {
  const each = (value: unknown) => Object.keys(input).map((name) => ({ ...input, [name]: value }));
  // Where nothing is asked for, that is a good answer.
  const nothing = Object.keys(input).length === 0 ? [] : [{}];
  return [null, 1, "x", true, [], [input], ...nothing, ...each({ $ne: 1 }), ...each([{ a: 1 }])];
}

test("T214 T235 an action that is called with other types asks the API for nothing", async ({
  demo,
}) => {
  test.setTimeout(120_000);
  const actions = actionsWith(["l1", "l2", "l3", "l4"]);
  const cookie = await cookieOf(demo, "admin");
  const before = await changes(demo);

  for (const { name, row, ...action } of actions) {
    for (const input of malformed(row.input)) {
      const { status, result, body } = await call(demo, action, { cookie, args: [input] });
      const what = `${name} with ${JSON.stringify(input).slice(0, 200)}: ${body.slice(0, 300)}`;
      expect.soft(status, what).toBeLessThan(500);
      expect.soft(result?.ok ?? false, what).toBe(false);
    }
    // The page framework takes a list of arguments only, and says no more than that it failed.
    for (const args of [[], {}, null, "x", { then: "x" }]) {
      const { result, body } = await call(demo, action, { cookie, args });
      expect.soft(result?.ok ?? false, `${name} with ${JSON.stringify(args)}`).toBe(false);
      expect.soft(body, name).not.toMatch(/TypeError|at \w+ \(|node_modules/);
    }
  }
  expect(await changes(demo)).toBe(before);
});

test("T234 a field that no form has is refused, in every form, and nothing is written", async ({
  demo,
}) => {
  const actions = actionsWith(["l1", "l2", "l3", "l4"]);
  const cookie = await cookieOf(demo, "admin");
  const before = await changes(demo);

  for (const { name, row, ...action } of actions) {
    for (const extra of [
      { policies_: ["root"] },
      { root: true },
      { owner: "admin" },
      { token_policies: ["root"] },
      { operator: { session: { policies: ["root"] } } },
    ]) {
      const input = { ...row.input, ...extra };
      const { result, body } = await call(demo, action, { cookie, args: [input] });
      const what = `${name} with ${JSON.stringify(extra)}: ${body.slice(0, 300)}`;
      expect.soft(result?.ok, what).toBe(false);
    }
  }
  expect(await changes(demo)).toBe(before);
});

test("T214 ids of actions are no secret: what browsers get holds them, and names no code", () => {
  const scripts = readdirSync(".next/static", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".js"))
    .map((file) => readFileSync(join(".next/static", file), "utf8"))
    .join("\n");
  const ids = builtActions().map(({ id }) => id);

  expect(ids.filter((id) => scripts.includes(id)).length).toBeGreaterThan(ids.length / 2);
  expect(scripts).not.toMatch(/postgresql:\/\/|LEASEHOLD_ROOT_TOKEN|token_hmac/);
});
