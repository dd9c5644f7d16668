import type { Page } from "@playwright/test";
import { type Demo, expect, expectAccessible, fillPassword, test } from "@/e2e/console/fixtures";

/** What the browser logs of an answer that a test asked for. */
const NO_SUCH_PAGE = /status of 40[34]/;

async function accessorOf(demo: Demo, path: string): Promise<string> {
  const { body } = await demo.api("GET sys/mounts");
  const mounts = body["data"] as Record<string, { accessor: string }>;
  return mounts[path]?.accessor ?? "";
}

async function rolesOf(demo: Demo, path: string): Promise<string> {
  return `/secrets/${await accessorOf(demo, path)}/roles`;
}

/** The button of the page or dialog that has this effect. */
function press(page: Page, name: string): Promise<void> {
  return page.getByRole("button", { name, exact: true }).click();
}

test("an admin enables a mount, changes its limits and disables it", async ({ page, signIn }) => {
  await signIn("admin", "/secrets");

  await page.getByRole("button", { name: "Enable AWS secrets engine" }).click();
  await page.getByRole("textbox", { name: "Path" }).fill("aws-lab");
  await press(page, "Enable");
  await expect(page.getByRole("heading", { name: "aws-lab/", level: 1 })).toBeVisible();
  await expect(page.getByText("uses the host's own AWS credentials")).toBeVisible();

  await press(page, "Change settings");
  await page.getByRole("textbox", { name: "Maximum TTL of leases" }).fill("2h");
  await page.getByRole("dialog").getByRole("button", { name: "Change settings" }).click();
  await expect(page.getByText("2 h (of this mount)")).toBeVisible();

  await press(page, "Disable");
  await page.getByRole("textbox", { name: "Path of the mount" }).fill("aws-lab");
  await press(page, "Disable aws-lab/ and end its leases");
  await expect(page).toHaveURL(/\/secrets$/);
  await expect(page.getByRole("link", { name: "aws-production/" })).toBeVisible();
  await expect(page.getByRole("link", { name: "aws-lab/" })).toBeHidden();
});

test("a root credential is rotated, and its secret is written only", async ({
  page,
  demo,
  signIn,
}) => {
  await signIn("admin", `/secrets/${await accessorOf(demo, "aws/")}`);
  await expect(page.getByText("stored, never shown")).toBeVisible();

  await press(page, "Rotate");
  await page.getByRole("button", { name: /^Replace AKIA/ }).click();
  await expect(page.getByText(/was deleted at AWS/)).toBeVisible({ timeout: 45_000 });

  const { body } = await demo.api("GET aws/config/root");
  const { access_key } = body["data"] as { access_key: string };
  await expect(page.getByText(access_key).first()).toBeVisible();
  await page.getByRole("link", { name: "Edit" }).click();
  await expect(page.getByLabel("Secret access key")).toHaveValue("");
});

test("a name template is tried out while it is typed", async ({ page, demo, signIn }) => {
  await signIn("admin", `/secrets/${await accessorOf(demo, "aws/")}/root`);
  const template = page.getByRole("textbox", { name: "User-name template" });

  await template.fill("{{ .DisplayName }}-{{ random 4 }}");
  await expect(page.getByText(/^aws-ci-runner-\w{4}$/)).toBeVisible();
  await template.fill("{{ random 40 }}");
  await expect(page.getByText(/exceeds the STS username length/)).toBeVisible();
  await template.fill("{{ nothing }}");
  await expect(page.getByText(/unable to parse template/).first()).toBeVisible();
});

test("a role is created with its lifetime told while typing, cloned and deleted", async ({
  page,
  demo,
  signIn,
}) => {
  const roles = await rolesOf(demo, "aws/");
  await signIn("admin", `${roles}/new`);
  await expect(page.getByText("Set by one hour, where neither")).toBeVisible();

  await page.getByRole("textbox", { name: "Name" }).fill("lab");
  await page.getByRole("textbox", { name: "Role ARNs" }).fill("arn:aws:iam::111122223333:user/x");
  await press(page, "Add to Role ARNs");
  await expect(page.getByText(/A role has the form/)).toBeVisible();
  await page
    .getByRole("textbox", { name: "Role ARNs" })
    .fill("arn:aws:iam::111122223333:role/app-readonly");
  await press(page, "Add to Role ARNs");
  await page.getByRole("textbox", { name: "Default TTL" }).fill("5m");
  await expect(page.getByText("No session is shorter than 15 min.")).toBeVisible();
  await press(page, "Create role");
  await expect(page.getByText("Something above is not right yet.").first()).toBeVisible();
  await page.getByRole("textbox", { name: "Default TTL" }).fill("30m");
  await expect(page.getByText("Set by the role's default TTL")).toBeVisible();
  await page.getByRole("textbox", { name: "Maximum TTL" }).fill("45m");
  await expect(page.getByText("Set by the role's maximum TTL")).toBeVisible();
  await press(page, "Create role");

  await expect(page.getByRole("heading", { name: "lab", level: 1 })).toBeVisible();
  await page.getByRole("link", { name: "Clone" }).click();
  await expect(page.getByRole("textbox", { name: "Name" })).toHaveValue("lab-copy");
  await press(page, "Create role");
  await expect(page.getByRole("heading", { name: "lab-copy", level: 1 })).toBeVisible();
  await press(page, "Delete");
  await expect(page.getByText("No lease of it is live.")).toBeVisible();
  await press(page, "Delete role lab-copy");
  await expect(page.getByRole("link", { name: "lab", exact: true })).toBeVisible();
  await expect(page.getByRole("link", { name: "lab-copy" })).toBeHidden();
});

test("the form has what the type has, and says where a policy is wrong", async ({
  page,
  demo,
  signIn,
}) => {
  await signIn("admin", `${await rolesOf(demo, "aws/")}/new`);
  await expect(page.getByRole("textbox", { name: "External id" })).toBeVisible();

  await page.getByRole("radio", { name: "IAM user" }).check();
  await expect(page.getByRole("textbox", { name: "External id" })).toBeHidden();
  await expect(page.getByRole("textbox", { name: "Permissions boundary" })).toBeVisible();
  await page
    .getByRole("textbox", { name: "Policy document" })
    .fill('{\n  "Version" "2012-10-17"\n}');
  await expect(page.getByRole("button", { name: "Line 2, column 13" })).toBeVisible();

  await page.getByRole("radio", { name: "Session token" }).check();
  await expect(page.getByRole("textbox", { name: "Policy document" })).toBeHidden();
  await expect(page.getByRole("textbox", { name: "MFA device" })).toBeVisible();
});

test("an issued secret is in one answer and on the screen until the window is left, and nowhere else", async ({
  page,
  demo,
  signIn,
}) => {
  const answers: { method: string; url: string; text: string }[] = [];
  const said: string[] = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("response", (response) => {
    const request = response.request();
    void response
      .text()
      .then((text) => answers.push({ method: request.method(), url: request.url(), text }))
      .catch(() => undefined);
  });
  await signIn("admin", `${await rolesOf(demo, "aws/")}/app-readonly/issue`);
  await page.getByRole("textbox", { name: "TTL" }).fill("20m");
  await press(page, "Issue credential");
  await expect(page.getByRole("heading", { name: "Issued credential" })).toBeVisible();

  await press(page, "Reveal once");
  const [secret = "", session = ""] = await page
    .locator("code", { hasText: /^[\w/+=]{30,}$/ })
    .filter({ hasNotText: /^A[SK]IA/ })
    .allInnerTexts();
  expect(secret.length).toBeGreaterThanOrEqual(40);
  expect(session).not.toBe("");
  await page.evaluate(() => window.dispatchEvent(new Event("blur")));

  await expect(page.getByText("The secret was shown and is gone.")).toBeVisible();
  for (const canary of [secret, session]) {
    const holding = answers.filter(({ text }) => text.includes(canary));
    expect(holding.map(({ method }) => method)).toEqual(["POST"]);
    expect(answers.filter(({ url }) => url.includes(canary))).toEqual([]);
    expect(said.filter((text) => text.includes(canary))).toEqual([]);
    expect(await page.content()).not.toContain(canary);
    expect(page.url()).not.toContain(canary);
    expect(await keptInBrowser(page)).not.toContain(canary);
    expect(demo.output()).not.toContain(canary);
  }
});

/** Whatever a page can keep beyond its own life. */
function keptInBrowser(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const databases = await indexedDB.databases();
    const kept = [localStorage, sessionStorage].map((storage) =>
      JSON.stringify(Object.entries(storage)),
    );
    const caches = await window.caches.keys();
    return [...kept, document.cookie, JSON.stringify([databases, caches, history.state])].join();
  });
}

test("a masked secret can be copied, and its lease revoked with what is still true", async ({
  page,
  demo,
  context,
  signIn,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn("admin", `${await rolesOf(demo, "aws/")}/app-readonly/issue`);
  await press(page, "Issue credential");

  await press(page, "Environment (bash)");
  await expect(page.getByText("Copied: Environment (bash)")).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/^export AWS_ACCESS_KEY_ID='ASIA\w+'\nexport AWS_SECRET_ACCESS_KEY=/);
  await press(page, "Revoke now");

  await expect(page.getByText(/stays valid at AWS until .* UTC/)).toBeVisible();
  await expect(page.getByText("The secret is gone, and the lease with it.")).toBeVisible();
});

test("the key of an IAM user is refused by AWS once its lease was revoked", async ({
  page,
  demo,
  signIn,
}) => {
  await signIn("admin", `${await rolesOf(demo, "aws/")}/build-user/issue`);
  await expect(page.getByText("There is nothing to choose")).toBeVisible();
  await press(page, "Issue credential");
  await expect(page.getByRole("heading", { name: "Issued credential" })).toBeVisible();

  await press(page, "Revoke now");

  await expect(page.getByText("were deleted at AWS")).toBeVisible();
  const { status } = await demo.api("LIST sys/leases/lookup/aws/creds/build-user");
  expect(status).toBe(404);
});

test("a refused issue says what AWS said and shows no credential", async ({
  page,
  demo,
  signIn,
}) => {
  await signIn("admin", `${await rolesOf(demo, "aws-production/")}/nightly-export/issue`);

  await press(page, "Issue credential");

  await expect(page.getByText("No credential was issued.")).toBeVisible();
  await expect(page.getByText(/MaxSessionDuration/).first()).toBeVisible();
  await expect(page.getByRole("heading", { name: "Issued credential" })).toBeHidden();
});

test("whoever may not read mounts is told which capability that needs", async ({ page, demo }) => {
  const password = "correct horse battery";
  await demo.api("POST auth/userpass/users/guest", { password });
  await page.goto("/login?next=/secrets");
  await fillPassword(page, "guest", password);

  await expect(page.getByText("The AWS secrets engines are not shown.")).toBeVisible();
  await expect(page.getByText("sys/mounts", { exact: true }).first()).toBeVisible();
});

test("an on-call operator reads a role and cannot change it", async ({ page, demo, signIn }) => {
  await signIn("oncall", `${await rolesOf(demo, "aws/")}/app-readonly/edit`);

  await page.getByRole("textbox", { name: "Maximum TTL" }).fill("30m");
  await press(page, "Save role");

  await expect(page.getByText("The role was not saved.")).toBeVisible();
  await expect(page.getByText("aws/roles/app-readonly", { exact: true }).last()).toBeVisible();
  const { body } = await demo.api("GET aws/roles/app-readonly");
  expect(body["data"]).toMatchObject({ max_sts_ttl: 3600 });
});

test("an auditor reads roles, and can neither issue nor see the root credential", async ({
  page,
  demo,
  signIn,
}) => {
  const accessor = await accessorOf(demo, "aws/");
  await signIn("auditor", `/secrets/${accessor}`);
  await expect(page.getByText("The root credential is not shown.")).toBeVisible();

  await page.goto(`/secrets/${accessor}/roles/app-readonly/issue`);
  await press(page, "Issue credential");

  await expect(page.getByText("No credential was issued.")).toBeVisible();
  await expect(page.getByText("aws/creds/app-readonly", { exact: true }).last()).toBeVisible();
});

test("what is not there is said so", async ({ page, demo, signIn, complaints }) => {
  const roles = await rolesOf(demo, "aws/");
  await signIn("admin", `${roles}/no-such-role`);
  await expect(page.getByText("There is no such role.")).toBeVisible();

  await page.goto(`${roles}?q=zzz`);
  await expect(page.getByText("No role matches the filter")).toBeVisible();
  await press(page, "Show all roles");
  await expect(page.getByRole("link", { name: "app-readonly" })).toBeVisible();
  expect(complaints.filter((text) => !NO_SUCH_PAGE.test(text))).toEqual([]);
});

test("axe finds nothing grave on the pages of AWS secrets", async ({ page, demo, signIn }) => {
  test.slow();
  const accessor = await accessorOf(demo, "aws/");
  await signIn("admin", "/secrets");
  for (const path of [
    "/secrets",
    `/secrets/${accessor}`,
    `/secrets/${accessor}/root`,
    `/secrets/${accessor}/roles`,
    `/secrets/${accessor}/roles/ci-upload`,
    `/secrets/${accessor}/roles/ci-upload/edit`,
    `/secrets/${accessor}/roles/app-readonly/issue`,
  ]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expectAccessible(page);
  }
  await press(page, "Issue credential");
  await expect(page.getByRole("heading", { name: "Issued credential" })).toBeVisible();
  await expectAccessible(page);
});
