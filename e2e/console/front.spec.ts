import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Demo, test } from "@/e2e/console/fixtures";
import { cookieFor, say, setCookiesOf } from "@/e2e/console/http";
import { type Program, startProgram } from "@/e2e/console/program";

const PROOF = (demo: Demo, username: "admin" | "oncall" | "auditor") => ({
  mount: "userpass",
  username,
  password: demo.passwords[username],
});

/** Every page and every JSON route that there is, from the folders of the console. */
function addresses(): { pages: string[]; routes: string[] } {
  const files = readdirSync("app", { recursive: true, encoding: "utf8" });
  const address = (file: string): string =>
    `/${file}`
      .replace(/\/(?:page\.tsx|route\.ts)$/, "")
      .replaceAll(/\/\([^/]+\)/g, "")
      .replaceAll(/\[\[?(?:\.\.\.)?[^\]]+\]\]?/g, "x") || "/";
  const open = /^\/(?:login|setup|api\/auth\/.*|api\/console\/set-up)$/;
  const all = (name: RegExp) =>
    files
      .filter((file) => name.test(file))
      .map(address)
      .filter((path) => !open.test(path));
  return { pages: all(/(?:^|\/)page\.tsx$/), routes: all(/\/route\.ts$/) };
}

const FOREIGN = [
  ["a foreign origin", { origin: "https://evil.example" }],
  ["the origin null", { origin: "null" }],
  ["no origin", {}],
  ["another port", { origin: "http://127.0.0.1:1" }],
  ["an origin that begins like ours", { origin: "URL.evil.example" }],
] as const;

test("T212 signed out, no page and no route gives anything but the way to sign in", async ({
  demo,
}) => {
  const { pages, routes } = addresses();

  for (const page of pages) {
    for (const headers of [{}, { rsc: "1" }, { rsc: "1", "next-router-prefetch": "1" }]) {
      const first = await say(demo.url, page, { headers });
      // The page framework sends readers of its own format to an address of their own first.
      const target = String(first.headers["location"]);
      const answer = target.includes("_rsc") ? await say(demo.url, target, { headers }) : first;
      if (Object.keys(headers).length === 0) {
        expect([303, 307], page).toContain(answer.status);
        expect(answer.headers["location"], page).toMatch(/^\/login/);
      }
      // What is fetched ahead may name the segments of a page; what stands in them it may not.
      expect(answer.status, page).toBeLessThan(400);
      expect(answer.body, page).not.toMatch(/userpass-|auditEntries|signOut/);
    }
  }
  for (const route of routes) expect((await say(demo.url, route)).status, route).toBe(401);
  expect(pages).toContain("/");
  expect(routes).toContain("/api/console/overview");
});

test("T213 internal headers, other spellings and look-alikes open nothing", async ({ demo }) => {
  const headers = [
    { "x-middleware-subrequest": "middleware:middleware:middleware:middleware:middleware" },
    { "x-middleware-rewrite": "/" },
    { "x-invoke-path": "/", "x-invoke-output": "/" },
    { "x-matched-path": "/" },
    { "x-nextjs-data": "1" },
    { "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" },
    { "x-leasehold-client": "127.0.0.1", "x-leasehold-origin": demo.url },
    { "next-resume": "1" },
    { cookie: "leasehold-session=x; __Host-leasehold-session=x" },
  ];
  const targets = [
    ...["/?nxtPpath=/", "/en/", "/%2e/", "/./", "//", "/index", "/index.rsc", "/.rsc", "/?_rsc=1"],
    ...["/_next/data/x/index.json", "/_next/image?url=%2Ficon.svg&w=64&q=75", "/_NEXT/data/x"],
    ...["/index.segments/_tree.segment.rsc", "/api/console/overview.rsc", "/favicon.ico/..%2f"],
  ];

  for (const one of headers) {
    const answer = await say(demo.url, "/", { headers: one });
    expect(answer.status, JSON.stringify(one)).toBe(307);
    expect(answer.headers["location"]).toBe("/login");
    expect((await say(demo.url, "/api/console/overview", { headers: one })).status).toBe(401);
  }
  for (const target of targets) {
    const answer = await say(demo.url, target);
    expect([303, 307, 308, 400, 401, 404], target).toContain(answer.status);
    expect(answer.body, target).not.toContain("Live leases");
  }
});

test("T214 an action called without a session, or with other arguments, does nothing", async ({
  demo,
  page,
  signIn,
}) => {
  await signIn("auditor");
  const [id] = actionIds();
  const cookie = (await page.context().cookies())
    .map(({ name, value }) => `${name}=${value}`)
    .join("; ");
  const call = (headers: Record<string, string>, body: string) =>
    say(demo.url, "/", {
      method: "POST",
      headers: { "next-action": id ?? "", "content-type": "text/plain;charset=UTF-8", ...headers },
      body,
    });

  const anonymous = await call({ origin: demo.url }, "[]");
  const stranger = await call({ origin: demo.url, cookie: `${cookie}x` }, "[]");
  const foreign = await call({ origin: "https://evil.example", cookie }, "[]");
  const wrong = await call(
    { origin: demo.url, cookie, "next-action": "00".repeat(21) },
    '[{"__proto__":{"a":1}}]',
  );
  const after = await say(demo.url, "/api/console/session", { headers: { cookie } });

  expect(id).toMatch(/^[0-9a-f]{40,}$/);
  expect([anonymous.status, stranger.status]).toEqual([401, 401]);
  expect(foreign.status).toBe(403);
  expect([400, 404, 409]).toContain(wrong.status);
  expect(after.status).toBe(200);
});

test("T215 changes are refused unless one of our own pages asks for them", async ({ demo }) => {
  const { cookie } = await cookieFor(demo.url, "userpass", PROOF(demo, "auditor"));
  const bodies = [
    ["application/x-www-form-urlencoded", "a=1"],
    ["text/plain", "[]"],
    ["application/json", "{}"],
  ] as const;

  for (const [what, headers] of FOREIGN) {
    for (const [type, body] of bodies) {
      for (const target of ["/", "/api/console/session", "/api/auth/callback/userpass"]) {
        const origin = "origin" in headers ? headers.origin.replace("URL", demo.url) : undefined;
        const { status } = await say(demo.url, target, {
          method: "POST",
          headers: { cookie, "content-type": type, ...(origin !== undefined && { origin }) },
          body,
        });
        expect(status, `${what}, ${target}, ${type}`).toBe(403);
      }
    }
  }
});

test("T215 a foreign host or forwarded host makes no other origin ours", async ({ demo }) => {
  const { cookie } = await cookieFor(demo.url, "userpass", PROOF(demo, "auditor"));
  const post = (headers: Record<string, string>) =>
    say(demo.url, "/api/console/session", {
      method: "POST",
      headers: { cookie, ...headers },
      body: "",
    });

  const rebound = await post({ host: "evil.example", origin: "http://evil.example" });
  const forwarded = await post({
    origin: "https://evil.example",
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "https",
  });
  const own = await post({ origin: demo.url });

  expect(rebound.status).toBe(403);
  expect(forwarded.status).toBe(403);
  expect(own.status).toBe(200);
});

test("T215 no GET changes anything", async ({ demo }) => {
  const { cookie } = await cookieFor(demo.url, "userpass", PROOF(demo, "auditor"));

  for (const target of [
    "/api/auth/signout",
    "/api/auth/callback/userpass?username=admin&password=x",
    "/api/auth/signin/oidc",
    "/api/console/set-up",
    "/api/auth/session",
    "/api/auth/_log",
    "/api/auth/providers",
  ]) {
    const answer = await say(demo.url, target, { headers: { cookie } });
    expect([404, 405], target).toContain(answer.status);
    expect(setCookiesOf(answer), target).toEqual([]);
  }
  expect((await say(demo.url, "/api/console/session", { headers: { cookie } })).status).toBe(200);
});

test("T216 malformed action payloads from nobody are refused before they are decoded", async ({
  demo,
}) => {
  const payloads: [Record<string, string>, string | Buffer][] = [
    [{ "content-type": "text/plain" }, '["$F1"]'],
    [{ "content-type": "text/plain" }, `[${"[".repeat(50_000)}`],
    [
      { "content-type": "application/json" },
      '{"then":"$1:__proto__:then","status":"resolved_model"}',
    ],
    [
      { "content-type": "multipart/form-data; boundary=x" },
      '--x\r\nContent-Disposition: form-data; name="0"\r\n\r\n{"then":"$1:__proto__:then","_response":{"_prefix":"process.exit()"}}\r\n--x\r\nContent-Disposition: form-data; name="1"\r\n\r\n"$@0"\r\n--x--\r\n',
    ],
    [{ "content-type": "multipart/form-data" }, "no boundary"],
    [{ "content-type": "text/x-component" }, Buffer.from([0, 255, 254, 10, 13])],
  ];

  for (const target of ["/", "/login", "/setup", "/no/such/page"]) {
    for (const [headers, body] of payloads) {
      const began = performance.now();
      const answer = await say(demo.url, target, {
        method: "POST",
        headers: { origin: demo.url, "next-action": "7f".repeat(21), ...headers },
        body,
      });
      expect(answer.status, `${target} ${String(body).slice(0, 40)}`).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(performance.now() - began).toBeLessThan(1_000);
    }
  }
  const large = await say(demo.url, "/", {
    method: "POST",
    headers: { origin: demo.url, "content-type": "text/plain" },
    body: Buffer.alloc(1024 ** 2 + 1, 97),
  });
  expect(large.status).toBe(413);
});

test("T218 broken addresses, cookies and bearer values are refused, never an error of ours", async ({
  demo,
}) => {
  const name = `leasehold-${new URL(demo.url).port}-session`;
  const cookies = [
    `${name}=%E0%A4%A`,
    `${name}=${"a".repeat(4000)}`,
    `${name}="quoted"`,
    `${name}=\u00ff\u00fe`,
    `${name}=..%2f..%2f`,
    `${name}=; ${name}=x; ${name}`,
    `${name}.0=a; ${name}.1=b`,
    "=;;=",
  ];

  for (const cookie of cookies) {
    const page = await say(demo.url, "/", { headers: { cookie } });
    const route = await say(demo.url, "/api/console/overview", { headers: { cookie } });
    expect(page.status, cookie.slice(0, 60)).toBe(307);
    expect(route.status, cookie.slice(0, 60)).toBe(401);
  }
  for (const target of [
    "/%",
    "/%zz",
    "/%E0%A4%A",
    "/\u00ff",
    "/%00",
    "/a%0d%0ab",
    "/?%",
    "/?a=%E0%A4%A",
  ]) {
    expect((await say(demo.url, encodeRaw(target))).status, target).toBeLessThan(500);
  }
  const bearer = await say(demo.url, "/api/console/overview", {
    headers: { authorization: `Bearer ${"%".repeat(2000)}` },
  });
  expect(bearer.status).toBe(401);
});

/** Node refuses to send some bytes as they are; a server meets them all the same. */
function encodeRaw(target: string): string {
  return target.replaceAll("\u00ff", "%ff");
}

test("T225 each answer has a nonce of its own, and allows neither inline nor eval", async ({
  demo,
  page,
  signIn,
}) => {
  const policyOf = async () =>
    String((await say(demo.url, "/login")).headers["content-security-policy"]);
  const [first, second] = [await policyOf(), await policyOf()];
  const scripts = /script-src ([^;]+)/.exec(first)?.[1] ?? "";

  await signIn("admin");
  await page.goto("/login");

  expect(first).not.toBe(second);
  expect(scripts).toMatch(/^'nonce-[A-Za-z0-9+/]{24}' 'strict-dynamic'$/);
  expect(/style-src ([^;]+)/.exec(first)?.[1]).not.toContain("unsafe");
  expect(first).toContain("default-src 'none'");
  expect(first).toContain("frame-ancestors 'none'");
  expect(first).toContain("base-uri 'none'");
});

test("T226 every answer says how it may be used, and signed-in ones are never stored", async ({
  demo,
}) => {
  const { cookie } = await cookieFor(demo.url, "userpass", PROOF(demo, "auditor"));

  for (const target of [
    "/",
    "/login",
    "/api/console/overview",
    "/no/such",
    "/api/console/session",
  ]) {
    for (const headers of [{}, { cookie }]) {
      const answer = await say(demo.url, target, { headers });
      expect(answer.headers, target).toMatchObject({
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
      });
      expect(answer.headers["cache-control"], target).toContain("no-store");
      expect(answer.headers["x-powered-by"]).toBeUndefined();
      expect(answer.headers["strict-transport-security"]).toBeUndefined();
    }
  }
});

test("T227 what an address says is shown as text or not at all", async ({ page }) => {
  const attacks = [
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    '"><script>alert(1)</script>',
    "Contact attacker@example.com to sign in",
  ];
  page.on("dialog", () => {
    throw new Error("a script of the address ran");
  });

  for (const attack of attacks) {
    const query = new URLSearchParams({ error: attack, next: attack, ended: attack });
    await page.goto(`/login?${query.toString()}`);
    await expect(page.getByText("The sign-in did not work. Start again.")).toBeVisible();
    expect(await page.locator("main").innerText()).not.toContain(attack);
  }
});

test("T228 nobody is given what was made for somebody else", async ({ demo }) => {
  const admin = await cookieFor(demo.url, "userpass", PROOF(demo, "admin"));
  const auditor = await cookieFor(demo.url, "userpass", PROOF(demo, "auditor"));
  const keys = [
    {},
    { "x-forwarded-host": "cache.example" },
    { rsc: "1" },
    { "accept-encoding": "gzip" },
  ];

  for (const headers of keys) {
    const one = await say(demo.url, "/", { headers: { ...headers, cookie: admin.cookie } });
    const other = await say(demo.url, "/", { headers: { ...headers, cookie: auditor.cookie } });
    const nobody = await say(demo.url, "/", { headers });
    expect(other.body).not.toContain("userpass-admin");
    expect(nobody.body).not.toContain("userpass-");
    for (const answer of [one, other, nobody]) {
      expect(answer.headers["cache-control"]).toContain("no-store");
      expect(answer.headers["x-nextjs-cache"]).toBeUndefined();
    }
  }
});

test("T229 nothing else is served: no optimiser, no data routes, no tools of developers", async ({
  demo,
}) => {
  for (const target of [
    "/_next/image?url=http%3A%2F%2F169.254.169.254%2F&w=64&q=75",
    "/_next/image?url=%2Ficon.svg&w=64&q=75",
    "/_next/data/x/login.json",
    "/_next/webpack-hmr",
    "/_next/hmr",
    "/__nextjs_original-stack-frames",
    "/__nextjs_source-map",
    "/.next/BUILD_ID",
    "/.env",
    "/package.json",
    "/api/auth/verify-request",
    "/api/auth/callback/github",
    "/_next/static/../../server/app/page.js",
    "/_next/static/%2e%2e/%2e%2e/BUILD_ID",
  ]) {
    expect([400, 404, 308], target).toContain((await say(demo.url, target)).status);
  }
  for (const method of ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS"]) {
    expect((await say(demo.url, "/", { method })).status, method).toBe(405);
  }
});

test("T235 objects where texts belong are refused", async ({ demo }) => {
  const { cookie } = await cookieFor(demo.url, "userpass", PROOF(demo, "auditor"));
  const { body } = await say(demo.url, "/api/auth/csrf");
  expect(JSON.parse(body)).toHaveProperty("csrfToken");

  for (const query of ["?a[$ne]=1", "?filter[]=x", "?constructor=1"]) {
    const answer = await say(demo.url, `/api/console/overview${query}`, { headers: { cookie } });
    expect(answer.status, query).toBe(400);
  }
  for (const target of ["/login?next[]=/x&error[a]=b", "/login?next=/a&next=/b"]) {
    expect((await say(demo.url, target)).status, target).toBe(200);
  }
});

/** Ids of the actions of the built console, as they stand in what every browser gets. */
function actionIds(): string[] {
  const manifest = JSON.parse(
    readFileSync(join(".next/server", "server-reference-manifest.json"), "utf8"),
  ) as { node: Record<string, unknown> };
  return Object.keys(manifest.node);
}

test.describe("behind https", () => {
  const PUBLIC = "https://leasehold.test";
  const FACING = { host: "leasehold.test", origin: PUBLIC };
  let program: Program;

  test.beforeAll(async () => {
    program = await startProgram("server", {
      LEASEHOLD_PUBLIC_URL: PUBLIC,
      LEASEHOLD_ROOT_TOKEN: "root-of-the-test",
    });
  });

  test.afterAll(() => program.stop());

  test("T224 cookies are bound to the host, and what they hold says nothing", async () => {
    const proof = { token: "root-of-the-test" };
    const { setCookies, location } = await cookieFor(program.url, "token", proof, FACING);
    const session = setCookies.find((cookie) => cookie.includes("-session=")) ?? "";

    expect(location).toBe(`${PUBLIC}/`);
    for (const cookie of setCookies) {
      expect(cookie).toMatch(/^__Host-leasehold-/);
      expect(cookie).toMatch(/; Path=\/(?:;|$)/);
      expect(cookie).toContain("; Secure");
      expect(cookie).toContain("; HttpOnly");
      expect(cookie).toMatch(/; SameSite=Lax/i);
      expect(cookie).not.toContain("Domain");
    }
    expect(session).toMatch(/^__Host-leasehold-session=[\w-]{43};/);
  });

  test("T226 tells browsers to come back by https only", async () => {
    const answer = await say(program.url, "/login", { headers: { host: FACING.host } });

    expect(answer.headers["strict-transport-security"]).toMatch(
      /^max-age=\d{8}; includeSubDomains$/,
    );
  });

  test("T215 the address behind the proxy is no origin of ours", async () => {
    const answer = await say(program.url, "/api/console/session", {
      method: "POST",
      headers: { origin: program.url },
      body: "",
    });

    expect(answer.status).toBe(403);
  });
});
