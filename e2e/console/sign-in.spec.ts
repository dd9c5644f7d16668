import {
  type Demo,
  expect,
  expectAccessible,
  fillPassword,
  newPage,
  pressSignIn,
  refusalOn,
  takenOver,
  signIn as signInOn,
  test,
} from "@/e2e/console/fixtures";
import type { Page } from "@playwright/test";

/** What the browser logs of an answer that a test asked for. */
const UNAUTHORIZED = /status of 401/;
/** The page may have asked for its numbers between the end of the session and its own. */
const REFRESHED = UNAUTHORIZED;

function expectOnly(complaints: string[], expected: RegExp): void {
  expect(complaints.filter((text) => !expected.test(text))).toEqual([]);
  complaints.length = 0;
}

async function cookieOf(page: Page, demo: Demo): Promise<string> {
  const cookies = await page.context().cookies(demo.url);
  return cookies.find(({ name }) => name.endsWith("-session"))?.value ?? "";
}

for (const who of ["admin", "oncall", "auditor"] as const) {
  test(`${who} signs in with a password and reaches the page that was asked for`, async ({
    page,
    demo,
  }) => {
    await page.goto("/?from=mail");
    await expect(page).toHaveURL(/\/login\?next=/);

    await fillPassword(page, who, demo.passwords[who]);

    await expect(page).toHaveURL(`${demo.url}/?from=mail`);
    await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
    await expect(page.getByRole("button", { name: `userpass-${who}` })).toBeVisible();
  });
}

test("a wrong password is refused, and an unknown name alike", async ({ page, complaints }) => {
  await page.goto("/login");

  await fillPassword(page, "admin", "wrong");
  const known = await refusalOn(page).innerText();
  await fillPassword(page, "nobody-there", "wrong");
  const unknown = await refusalOn(page).innerText();

  expect(known).toContain("username or the password is wrong");
  expect(unknown).toBe(known);
  await expect(page).toHaveURL(/\/login$/);
  expectOnly(complaints, UNAUTHORIZED);
});

test("T231 five wrong passwords in any spelling lock a name, at the API too", async ({
  page,
  demo,
  complaints,
}) => {
  const password = "correct horse battery";
  await demo.api("POST auth/userpass/users/breakglass", { password, token_policies: "admin" });
  await page.goto("/login");

  for (const name of ["breakglass", "BreakGlass", "BREAKGLASS", "breakGlass", "Breakglass"]) {
    await fillPassword(page, name, "wrong");
  }
  await fillPassword(page, "breakglass", password);
  const overApi = await demo.api("POST auth/userpass/login/breakglass", { password }, "");

  await expect(refusalOn(page)).toContainText("locked");
  expect(overApi.status).toBe(403);
  expectOnly(complaints, UNAUTHORIZED);
});

test("a limit of rate for a login counts for the sign-in page too", async ({
  page,
  demo,
  complaints,
}) => {
  await demo.api("POST sys/auth/slow", { type: "userpass" });
  await demo.api("POST sys/quotas/rate-limit/slow", { path: "auth/slow", rate: 1, interval: "1h" });
  await page.goto("/login");
  await takenOver(page);
  await page.getByRole("button", { name: "Another mount" }).click();
  await page.getByRole("textbox", { name: "Mount" }).fill("slow");

  await fillPassword(page, "somebody", "wrong");
  await fillPassword(page, "somebody", "wrong");
  await fillPassword(page, "somebody", "wrong");

  await expect(refusalOn(page)).toContainText("Too many attempts");
  expectOnly(complaints, UNAUTHORIZED);
});

test("the root token signs in, with an alarm, and is not revoked by signing out", async ({
  complaints,
  page,
  demo,
}) => {
  await page.goto("/login");
  await takenOver(page);
  await page.getByRole("tab", { name: "Token" }).click();
  await page.getByRole("textbox", { name: "Token" }).fill(demo.rootToken);
  await pressSignIn(page);
  await expect(page.getByText("You are signed in with a root token")).toBeVisible();

  await page.getByRole("button", { name: /Signed in as|root/ }).click();
  await page.getByRole("menuitem", { name: "Sign out", exact: true }).click();

  await expect(page).toHaveURL(/\/login\?signed_out/);
  expect((await demo.api("GET auth/token/lookup-self")).status).toBe(200);
  expectOnly(complaints, REFRESHED);
});

test("a batch token and a token with few uses are refused, with the reason", async ({
  page,
  demo,
  complaints,
}) => {
  await page.goto("/login");
  await takenOver(page);
  await page.getByRole("tab", { name: "Token" }).click();

  for (const parameters of [{ type: "batch" }, { num_uses: 3 }]) {
    const { body } = await demo.api("POST auth/token/create", {
      policies: ["default"],
      ttl: "1h",
      ...parameters,
    });
    const { client_token: token } = body["auth"] as { client_token: string };
    await page.getByRole("textbox", { name: "Token" }).fill(token);
    await pressSignIn(page);
    await expect(refusalOn(page)).toContainText("service tokens");
  }

  expectOnly(complaints, UNAUTHORIZED);
});

test("without rights, the overview says which policy to ask for", async ({ page, demo }) => {
  await demo.api("POST auth/userpass/users/newcomer", { password: "correct horse battery" });
  await page.goto("/login");

  await fillPassword(page, "newcomer", "correct horse battery");

  await expect(page.getByText("may not do anything yet")).toBeVisible();
  await expect(page.getByText("on-call", { exact: true })).toBeVisible();
});

for (const next of [
  "https://evil.example/",
  "//evil.example/",
  "/\\evil.example/",
  "/v1/sys/seal",
]) {
  test(`T220 ${next} as the address to return to leads home`, async ({ page, demo }) => {
    await page.goto(`/login?next=${encodeURIComponent(next)}`);

    await fillPassword(page, "auditor", demo.passwords.auditor);

    await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
    expect(page.url()).toBe(`${demo.url}/`);
  });
}

test("T223 a sign-in gives a new id, and signing out ends it for every copy of the cookie", async ({
  complaints,
  page,
  browser,
  demo,
  signIn,
}) => {
  await signIn("admin");
  const first = await cookieOf(page, demo);
  const copy = await newPage(browser, demo);
  await copy.context().addCookies(await page.context().cookies());

  await page.getByRole("button", { name: "userpass-admin" }).click();
  await page.getByRole("menuitem", { name: "Sign out", exact: true }).click();
  await expect(page).toHaveURL(/\/login/);
  await copy.goto("/");
  await expect(copy).toHaveURL(/\/login/);
  await signInOn(page, demo, "admin");

  expect(first).toMatch(/^[\w-]{43}$/);
  expect(await cookieOf(page, demo)).not.toBe(first);
  expectOnly(complaints, REFRESHED);
  await copy.context().close();
});

test("T223 signing out everywhere ends the sessions of other browsers", async ({
  complaints,
  page,
  browser,
  demo,
  signIn,
}) => {
  const other = await newPage(browser, demo);
  await signInOn(other, demo, "oncall");
  const stranger = await newPage(browser, demo);
  await signInOn(stranger, demo, "auditor");
  await signIn("oncall");

  await page.getByRole("button", { name: "userpass-oncall" }).click();
  await page.getByRole("menuitem", { name: "Sign out everywhere" }).click();

  await expect(page).toHaveURL(/\/login/);
  await other.goto("/");
  await expect(other).toHaveURL(/\/login/);
  await stranger.goto("/");
  await expect(stranger.getByRole("heading", { name: "Overview" })).toBeVisible();
  expectOnly(complaints, REFRESHED);
  await other.context().close();
  await stranger.context().close();
});

test("T223 a session that an administrator ends is refused with the next request", async ({
  complaints,
  page,
  demo,
  signIn,
}) => {
  await signIn("auditor");
  const { body } = await demo.api("LIST sys/leasehold/console-sessions");
  const { key_info } = body["data"] as { key_info: Record<string, { operator: string }> };
  const ids = Object.keys(key_info).filter((id) => key_info[id]?.operator === "userpass-auditor");

  for (const id of ids) await demo.api(`DELETE sys/leasehold/console-sessions/${id}`);
  await page.goto("/");

  expect(ids.length).toBeGreaterThan(0);
  await expect(page).toHaveURL(/\/login/);
  expectOnly(complaints, REFRESHED);
});

test("T223 an idle session warns, is kept by whoever is there, and ends by itself", async ({
  page,
  demo,
  signIn,
  complaints,
}) => {
  await page.clock.install();
  await signIn("auditor");
  // What refreshes itself runs: so does what watches the session.
  await page.waitForResponse((response) => response.url().includes("/api/console/overview"));
  const idleIn = (seconds: number) =>
    demo.database.query(
      `update console_session set idle_until = now() + make_interval(secs => $1),
         seen_at = now() - interval '2 minutes' where operator = 'userpass-auditor'`,
      [seconds],
    );

  await idleIn(90);
  await page.clock.runFor(35_000);
  const warning = page.getByRole("dialog");
  await expect(warning).toContainText("You will be signed out in");
  await expectAccessible(page);
  await warning.getByRole("button", { name: "Stay signed in" }).last().click();
  await expect(warning).toBeHidden();
  const kept = await demo.database.query<{ kept: boolean }>(
    `select bool_or(idle_until > now() + interval '25 minutes') as kept from console_session
     where operator = 'userpass-auditor'`,
  );

  await idleIn(-1);
  await page.clock.runFor(35_000);

  expect(kept.rows[0]?.kept).toBe(true);
  await expect(page).toHaveURL(/\/login\?next=%2F&ended=1/);
  await expect(page.getByText("Your session has ended")).toBeVisible();
  expectOnly(complaints, UNAUTHORIZED);
});

test("reading what refreshes itself does not keep a session alive", async ({
  page,
  demo,
  signIn,
}) => {
  await signIn("auditor");
  await demo.database.query(
    `update console_session set seen_at = now() - interval '10 minutes' where operator = 'userpass-auditor'`,
  );

  await page.waitForResponse((response) => response.url().includes("/api/console/overview"));
  const { rows } = await demo.database.query<{ kept: boolean }>(
    `select bool_or(seen_at > now() - interval '9 minutes') as kept from console_session
     where operator = 'userpass-auditor'`,
  );

  expect(rows[0]?.kept).toBe(false);
});

test("the sign-in and what is read behind it stand in the audit log", async ({ demo, signIn }) => {
  await signIn("admin");

  const { rows } = await demo.database.query<{ operation: string; entry: unknown }>(
    `select operation, entry from audit_entry
     where operation = 'console.signed_in' or path = 'auth/userpass/login/admin'
     order by at desc limit 2`,
  );

  expect(rows.map(({ operation }) => operation).sort()).toEqual(["console.signed_in", "update"]);
  expect(JSON.stringify(rows)).not.toContain(demo.passwords.admin);
});

test("the sign-in page is accessible in both themes", async ({ page }) => {
  await page.goto("/login");
  await expectAccessible(page);
  await takenOver(page);
  await page.getByRole("tab", { name: "Token" }).click();
  await expectAccessible(page);
});

test("the overview is accessible in both themes, and at 320 px", async ({ page, signIn }) => {
  await signIn("admin");
  await expectAccessible(page);
  await page.setViewportSize({ width: 320, height: 640 });
  await expectAccessible(page);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
});

test("theme, density and times are the operator's choice, and stay", async ({ page, signIn }) => {
  await signIn("admin");
  const choose = async (name: string) => {
    await page.getByRole("button", { name: /^Display/ }).click();
    await page.getByRole("menuitemcheckbox", { name }).click();
  };

  await choose("Dark");
  await choose("Compact");
  await page.reload();

  await expect(page.locator("body")).toHaveClass(/awsui-dark-mode/);
  await expect(page.locator("body")).toHaveClass(/awsui-compact-mode/);
});

test("a page that is not there says so", async ({ page, complaints }) => {
  await page.goto("/no/such/page");

  await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  expectOnly(complaints, /status of 404/);
});
