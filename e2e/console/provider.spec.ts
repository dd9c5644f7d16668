import { type Page, test as base } from "@playwright/test";
import { callApi, expect, expectAccessible, listenTo, takenOver } from "@/e2e/console/fixtures";
import { say } from "@/e2e/console/http";
import { freePort, type Program, startProgram } from "@/e2e/console/program";
import { CLIENT, startProvider, type TestProvider } from "@/e2e/console/provider";

const ROOT_TOKEN = "root-of-the-test";

/** A console whose operators come from a real provider. */
type Surroundings = { program: Program; provider: TestProvider };

const test = base.extend<object, { surroundings: Surroundings }>({
  surroundings: [
    async ({}, use) => {
      const port = await freePort();
      const provider = await startProvider(`http://127.0.0.1:${port}`);
      const program = await startProgram("server", {
        LEASEHOLD_PORT: String(port),
        LEASEHOLD_ROOT_TOKEN: ROOT_TOKEN,
        LEASEHOLD_OIDC_ISSUER: provider.issuer,
        LEASEHOLD_OIDC_CLIENT_ID: CLIENT.id,
        LEASEHOLD_OIDC_CLIENT_SECRET: CLIENT.secret,
        LEASEHOLD_OIDC_NAME: "Example ID",
        LEASEHOLD_OIDC_SCOPES: "openid profile groups",
      });
      const url = `http://127.0.0.1:${port}`;
      const api = (request: string, body: unknown) => callApi(url, request, body, ROOT_TOKEN);
      await api("PUT auth/console-oidc/groups/platform", { policies: ["admin"] });
      await api("PUT auth/console-oidc/groups/%2Fteams/on%20call", { policies: ["on-call"] });
      await use({ program: { ...program, url }, provider });
      await program.stop();
      await provider.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  baseURL: async ({ surroundings }, use) => use(surroundings.program.url),
});

/** At the provider: says who one is, and agrees. */
async function becomes(page: Page, name: string): Promise<void> {
  await page.getByRole("textbox", { name: /login/i }).fill(name);
  await page.getByRole("textbox", { name: /password/i }).fill("whatever");
  await page.getByRole("button", { name: /sign-in/i }).click();
  await page.getByRole("button", { name: /continue/i }).click();
}

test("whom the provider vouches for gets the policies of their groups", async ({
  page,
  surroundings,
}) => {
  const complaints = listenTo(page);
  await page.goto("/login?next=%2F%3Ffrom%3Dmail");
  await expectAccessible(page);

  await takenOver(page);
  await page.getByRole("button", { name: "Sign in with Example ID" }).click();
  await becomes(page, "dora");

  await expect(page).toHaveURL(`${surroundings.program.url}/?from=mail`);
  await expect(page.getByRole("button", { name: "console-oidc-dora" })).toBeVisible();
  await expect(page.getByText("may not do anything yet")).toBeHidden();
  const { body } = await callApi(
    surroundings.program.url,
    "LIST sys/leasehold/console-sessions",
    undefined,
    ROOT_TOKEN,
  );
  expect(JSON.stringify(body)).toContain('"way":"oidc"');
  expect(complaints.filter((text) => text.includes(surroundings.program.url))).toEqual([]);
});

test("without a group that is known here, nobody may do anything", async ({ page }) => {
  await page.goto("/login");

  await takenOver(page);
  await page.getByRole("button", { name: "Sign in with Example ID" }).click();
  await becomes(page, "stranger");

  await expect(page.getByText("may not do anything yet")).toBeVisible();
});

test("T219 the way back is refused without the cookies of the way there, and with others", async ({
  page,
  browser,
  surroundings,
}) => {
  let back = "";
  page.on("request", (request) => {
    if (request.url().includes("/api/auth/callback/oidc?")) back = request.url();
  });
  await page.goto("/login");
  await takenOver(page);
  await page.getByRole("button", { name: "Sign in with Example ID" }).click();
  await becomes(page, "dora");
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  const stranger = await browser.newContext({ baseURL: surroundings.program.url });
  const other = await stranger.newPage();

  await other.goto(back);
  await expect(other).toHaveURL(/\/login\?.*error=OAuthCallback/);
  await expect(other.getByRole("main").getByRole("alert")).toContainText("Start again");
  await other.getByRole("button", { name: "Sign in with Example ID" }).click();
  await expect(other.getByRole("textbox", { name: /login/i })).toBeVisible();
  const halfDone = await stranger.cookies(surroundings.program.url);
  const value = halfDone.find(({ name }) => name.endsWith("-state"))?.value ?? "";
  const port = new URL(surroundings.program.url).port;
  const asSession = await say(surroundings.program.url, "/api/console/overview", {
    headers: { cookie: `leasehold-${port}-session=${value}` },
  });

  expect(value).not.toBe("");
  expect(asSession.status).toBe(401);
  await stranger.close();
});

test("T227 what a provider says of an error is not shown", async ({ page }) => {
  const complaints = listenTo(page);

  await page.goto(
    "/api/auth/callback/oidc?error=<img src=x onerror=alert(1)>&error_description=call%20attacker",
  );

  await expect(page.getByRole("main").getByRole("alert")).toBeVisible();
  await expect(page.getByText("attacker")).toBeHidden();
  expect(complaints).toEqual([]);
});

test("T217 a provider that does not answer signs nobody in", async ({ page, browserName }) => {
  expect(browserName).toBe("chromium");
  const program = await startProgram("server", {
    LEASEHOLD_ROOT_TOKEN: ROOT_TOKEN,
    LEASEHOLD_OIDC_ISSUER: "http://127.0.0.1:9",
    LEASEHOLD_OIDC_CLIENT_ID: "x",
    LEASEHOLD_OIDC_CLIENT_SECRET: "y",
  });
  try {
    await page.goto(`${program.url}/login`);
    await takenOver(page);
    await page.getByRole("button", { name: "Sign in with single sign-on" }).click();

    await expect(page.getByRole("main").getByRole("alert")).toContainText("could not be reached");
    await page.goto(`${program.url}/`);
    await expect(page).toHaveURL(/\/login/);
  } finally {
    await program.stop();
  }
});

test("an admin maps a group, after seeing what its members could do", async ({
  page,
  surroundings,
}) => {
  const api = (request: string) =>
    callApi(surroundings.program.url, request, undefined, ROOT_TOKEN);
  await page.goto("/login?next=%2Fadmin%2Foperators");
  await takenOver(page);
  await page.getByRole("button", { name: "Sign in with Example ID" }).click();
  await becomes(page, "dora");
  await expect(page.getByRole("row", { name: /\/teams\/on call/ })).toBeVisible();
  await takenOver(page);
  await expectAccessible(page);

  await page.getByRole("button", { name: "Map a group" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Group" }).fill("/teams/audit");
  await dialog.getByRole("button", { name: /^Preset Auditor/ }).click();
  await expect(dialog.getByText("Effective policies: auditor, default")).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Map this group" }).click();
  await expect(page.getByText("The next sign-in of its members gives auditor.")).toBeVisible();
  const mapped = await api("GET auth/console-oidc/groups/%2Fteams/audit");
  expect(mapped.body["data"]).toEqual({ policies: ["auditor"] });

  await page.getByRole("button", { name: "Remove group /teams/audit" }).click();
  await page.getByRole("button", { name: "Remove its policies" }).click();
  await expect(page.getByText("/teams/audit gives nothing any more.")).toBeVisible();
  expect((await api("GET auth/console-oidc/groups/%2Fteams/audit")).status).toBe(404);
});
