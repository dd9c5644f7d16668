import { build } from "esbuild";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Demo, expect, type OperatorName, startDemo, test } from "@/e2e/console/fixtures";
import { type Answer, cookieFor, say } from "@/e2e/console/http";
import { type Facts, PAGES, present, type Row, ROUTES } from "@/e2e/console/permission-table";

const OPERATORS = ["auditor", "oncall", "admin"] as const;
/** As it is read, and as the page framework sends it to be read. */
const LACKS = /do not give the capability|"kind":"forbidden"/;

type Identity = OperatorName | "nobody" | "expired";
type Cookies = Readonly<Record<Identity, string>>;

const cookieOf = (demo: Demo, who: OperatorName): Promise<string> =>
  cookieFor(demo.url, "userpass", {
    mount: "userpass",
    username: who,
    password: demo.passwords[who],
  }).then(({ cookie }) => cookie);

async function cookiesOf(demo: Demo): Promise<Cookies> {
  const expired = await cookieOf(demo, "admin");
  await demo.database.query(
    "update console_session set ends_at = now(), idle_until = now() where operator = 'userpass-admin'",
  );
  const [auditor, oncall, admin] = await Promise.all(OPERATORS.map((who) => cookieOf(demo, who)));
  return {
    nobody: "",
    expired,
    auditor: auditor ?? "",
    oncall: oncall ?? "",
    admin: admin ?? "",
  };
}

type Body = Record<string, Record<string, unknown>>;

async function factsOf(demo: Demo): Promise<Facts> {
  const accessorOf = async (list: string, path: string): Promise<string> => {
    const { body } = await demo.api(`GET ${list}`);
    return String((body["data"] as Record<string, Body["x"]>)[path]?.["accessor"]);
  };
  const { body } = await demo.api("GET aws/creds/app-deploy");
  const token = await demo.api("POST auth/token/create", { policies: ["default"] });
  const { rows } = await demo.database.query<{ id: string }>(
    "select request_id::text as id from audit_entry where path = 'aws/creds/app-deploy' limit 1",
  );
  return {
    secrets: await accessorOf("sys/mounts", "aws/"),
    auth: await accessorOf("sys/auth", "aws/"),
    users: await accessorOf("sys/auth", "userpass/"),
    lease: String(body["lease_id"]),
    token: String((token.body["auth"] as Record<string, unknown>)["accessor"]),
    entry: rows[0]?.id ?? "",
  };
}

/** As HTML, and as the page framework's own readers ask for it. */
const FORMS = [
  {},
  { rsc: "1" },
  { rsc: "1", "next-router-prefetch": "1" },
  { rsc: "1", "next-router-segment-prefetch": "/_tree" },
];

async function open(demo: Demo, path: string, headers: Record<string, string>): Promise<Answer> {
  const first = await say(demo.url, path, { headers });
  const target = String(first.headers["location"]);
  return target.includes("_rsc") ? say(demo.url, target, { headers }) : first;
}

/** "signed out", "shown" or "refused". */
function outcomeOf({ status, headers, body }: Answer): string {
  const away = `${String(headers["location"])} ${body}`;
  if ([303, 307].includes(status) && away.includes("/login")) return "signed out";
  if (status !== 200) return `status ${status}`;
  return LACKS.test(body) ? "refused" : "shown";
}

const expectedOf = ({ shown }: Row, who: OperatorName): string =>
  shown.includes(who) ? "shown" : "refused";

/** What a page that is not shown never holds: accounts, keys, names of roles, forms to change things. */
const PROTECTED = /\d{12}:role|AKIA|ASIA|userpass-(?:admin|oncall|auditor)|hmac-sha256|leaseEndsAt/;

async function expectNothing(
  demo: Demo,
  { page, path, cookies }: { page: string; path: string; cookies: Cookies },
): Promise<void> {
  for (const who of ["nobody", "expired"] as const) {
    for (const form of FORMS) {
      const answer = await open(demo, path, { ...form, cookie: cookies[who] });
      // What is fetched ahead may name the segments of a page.
      const isPage = Object.keys(form).length === 0;
      if (isPage) expect.soft(outcomeOf(answer), `${page} for ${who}`).toBe("signed out");
      expect.soft(answer.body, `${page} for ${who}`).not.toMatch(PROTECTED);
    }
  }
}

async function expectPages(demo: Demo): Promise<void> {
  const facts = await factsOf(demo);
  const cookies = await cookiesOf(demo);
  for (const page of present("page.tsx")) {
    const row = PAGES[page];
    expect.soft(row, `a row that says who may see ${page}`).toBeDefined();
    if (row === undefined) continue;
    const path = row.at(facts);
    await expectNothing(demo, { page, path, cookies });
    for (const who of OPERATORS) {
      for (const form of FORMS.slice(0, 2)) {
        const answer = await open(demo, path, { ...form, cookie: cookies[who] });
        const what = `${page} for ${who} ${JSON.stringify(form)}`;
        const outcome = outcomeOf(answer);
        // In the framework's own format a part that could be refused may lie ready, and not be shown.
        const isShown = "rsc" in form && outcome === "refused" && row.shown.includes(who);
        expect.soft(isShown ? "shown" : outcome, what).toBe(expectedOf(row, who));
      }
    }
  }
}

async function expectRoutes(demo: Demo): Promise<void> {
  const facts = await factsOf(demo);
  const cookies = await cookiesOf(demo);
  for (const route of present("route.ts")) {
    const row = ROUTES[route];
    expect.soft(row, `a row that says who may read ${route}`).toBeDefined();
    if (row === undefined) continue;
    for (const who of ["nobody", "expired", ...OPERATORS] as const) {
      const headers = { cookie: cookies[who] };
      const { status, body } = await say(demo.url, `${route}${row.at(facts)}`, { headers });
      const isSignedIn = who !== "nobody" && who !== "expired";
      if (!isSignedIn) expect.soft(status, `${route} for ${who}`).toBe(401);
      else if (row.shown.includes(who))
        expect.soft(status, `${route} for ${who}: ${body}`).toBe(200);
      else expect.soft([403, 404], `${route} for ${who}: ${body}`).toContain(status);
    }
  }
}

test("T212 T229 every page shows itself to whom its row says, and to nobody else", async ({
  demo,
}) => {
  test.setTimeout(120_000);
  await expectPages(demo);
});

test("T212 every GET handler answers whom its row says, and nobody else", async ({ demo }) => {
  await expectRoutes(demo);
});

test.describe("without the front", () => {
  let bare: Demo;

  test.beforeAll(async () => {
    test.setTimeout(120_000);
    const outdir = join(process.cwd(), ".cache", "front-off");
    await build({
      entryPoints: ["lib/process/demo.ts"],
      outdir,
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      target: "node20",
      packages: "external",
      logLevel: "warning",
      plugins: [
        {
          name: "front off",
          setup: (own) => {
            own.onResolve({ filter: /^@\/lib\/process\/console-front$/ }, () => ({
              path: join(process.cwd(), "e2e/console/front-off.ts"),
            }));
            own.onResolve({ filter: /^@\// }, ({ path }) => ({
              path: `${join(process.cwd(), path.slice(2))}.ts`,
            }));
          },
        },
      ],
    });
    bare = await startDemo(pathToFileURL(join(outdir, "demo.js")).href);
  });

  test.afterAll(async () => {
    // Where it did not start there is nothing to stop.
    if (typeof bare === "object") await bare.stop();
  });

  test("T89 T212 pages and handlers are for the same as with it", async () => {
    test.setTimeout(120_000);
    await expectPages(bare);
    await expectRoutes(bare);
  });
});

test("T233 two operators with rights to one mount each reach nothing of the other's", async ({
  demo,
}) => {
  const sides = ["aws", "aws-production"] as const;
  const cookies: string[] = [];
  const facts: { lease: string; token: string; mount: string }[] = [];
  for (const [index, mount] of sides.entries()) {
    const name = `scoped-${index}`;
    const policy = `
      path "sys/leasehold/leases*" { capabilities = ["read"] }
      path "sys/leasehold/tokens*" { capabilities = ["read"] }
      path "sys/leasehold/audit*"  { capabilities = ["read"] }
      path "sys/mounts"            { capabilities = ["read"] }
      path "${mount}/roles/*"      { capabilities = ["read", "list"] }
      path "${mount}/creds/*"      { capabilities = ["read"] }`;
    await demo.api(`POST sys/policies/acl/${name}`, { policy });
    const password = `pass-of-${name}-long`;
    await demo.api(`POST auth/userpass/users/${name}`, { password, token_policies: [name] });
    const proof = { mount: "userpass", username: name, password };
    cookies.push((await cookieFor(demo.url, "userpass", proof)).cookie);
    const role = mount === "aws" ? "app-deploy" : "orders-data";
    const lease = await demo.api(`GET ${mount}/creds/${role}`);
    const mounts = (await demo.api("GET sys/mounts")).body["data"] as Body;
    facts.push({
      lease: String(lease.body["lease_id"]),
      token: "",
      mount: String(mounts[`${mount}/`]?.["accessor"]),
    });
  }

  for (const [own, other] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const headers = { cookie: cookies[own] ?? "" };
    const read = (path: string): Promise<Answer> => say(demo.url, path, { headers });
    const theirs = facts[other];
    const mine = facts[own];
    if (theirs === undefined || mine === undefined) throw new Error("no facts");
    if (present("route.ts").includes("/api/console/leases/lease")) {
      const at = (id: string) => `/api/console/leases/lease?id=${encodeURIComponent(id)}`;
      expect((await read(at(mine.lease))).status).toBe(200);
      expect([403, 404]).toContain((await read(at(theirs.lease))).status);
      const { body } = await read("/api/console/leases");
      expect(body).toContain(mine.lease);
      expect(body).not.toContain(theirs.lease);
      expect((await read(`/leases/${theirs.lease}`)).body).not.toMatch(/AKIA|ASIA/);
    }
    for (const page of ["", "/roles", "/roles/app-deploy", "/roles/orders-data", "/root"]) {
      const { status, body } = await read(`/secrets/${theirs.mount}${page}`);
      expect(status, page).toBe(200);
      expect(body, page).not.toMatch(/\d{12}:role|AKIA|ASIA/);
    }
  }
});

test("T221 T222 nobody signs in by e-mail, and no claim of one links to an operator", async ({
  demo,
}) => {
  const csrf = await say(demo.url, "/api/auth/csrf");
  const { csrfToken } = JSON.parse(csrf.body) as { csrfToken: string };
  const cookie = [csrf.headers["set-cookie"] ?? []]
    .flat()
    .map((one) => one.split(";")[0])
    .join("; ");
  const body = new URLSearchParams({ csrfToken, email: "admin@example.com,b@evil.example" });

  for (const path of ["signin/email", "callback/email", "signin/credentials", "verify-request"]) {
    for (const method of ["GET", "POST"]) {
      const answer = await say(demo.url, `/api/auth/${path}`, {
        method,
        headers: {
          ...{ cookie, origin: demo.url, "content-type": "application/x-www-form-urlencoded" },
        },
        ...(method === "POST" && { body: body.toString() }),
      });
      expect(answer.status, `${method} ${path}`).toBeGreaterThanOrEqual(400);
      expect(JSON.stringify(answer.headers["set-cookie"] ?? "")).not.toContain("-session=");
    }
  }
  // There is no column that an address of e-mail could be matched by.
  const { rows } = await demo.database.query(
    `select table_name, column_name from information_schema.columns
     where table_schema = 'public' and column_name like '%mail%'`,
  );
  expect(rows).toEqual([]);
});
