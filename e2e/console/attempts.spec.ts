import type { Page } from "@playwright/test";
import { type Demo, expect, expectAccessible, test } from "@/e2e/console/fixtures";
import { untilHydrated } from "@/e2e/console/hydrated";
import { FLEET_KEYS } from "@/lib/aws-simulator/default-fleet";
import { signedLogin, type Signing } from "@/lib/testing/signed-login";

const HEADER = "X-Vault-AWS-IAM-Server-ID";
const OWN_ID = { headers: { [HEADER]: "leasehold.demo" } };
const LAUNCHER = "arn:aws:iam::111122223333:user/launcher";

/** Tries to log in, is refused, and waits until that is recorded. */
async function refusedLogin(demo: Demo, role: string, signing: Signing): Promise<string> {
  const response = await fetch(`${demo.url}/v1/auth/aws/login`, {
    method: "PUT",
    body: JSON.stringify({ role, ...signedLogin(FLEET_KEYS.launcher, signing) }),
  });
  expect(response.ok).toBe(false);
  const id = response.headers.get("x-leasehold-login-attempt") ?? "";
  await expect
    .poll(async () => (await demo.api(`GET sys/leasehold/attempts/${id}`)).status)
    .toBe(200);
  return id;
}

async function awsAccessor(demo: Demo): Promise<string> {
  const { body } = await demo.api("GET sys/auth");
  return (body["data"] as Record<string, { accessor: string }>)["aws/"]?.accessor ?? "";
}

function press(page: Page, name: string): Promise<void> {
  return page.getByRole("button", { name, exact: true }).click();
}

test("an on-call engineer gets from the id that a client was given to its cause by paste and enter", async ({
  page,
  demo,
  signIn,
}) => {
  const id = await refusedLogin(demo, "backup-agent", {
    headers: { [HEADER]: "leasehold.staging" },
  });
  await signIn("oncall", "/auth/attempts");
  await untilHydrated(page);
  await expect(page.getByRole("row").filter({ hasText: "leasehold.staging" })).not.toHaveCount(0);
  await expectAccessible(page);

  const box = page.getByRole("textbox", { name: "Attempt id" });
  await box.fill("permission denied");
  await box.press("Enter");
  await expect(page.getByText("There is no attempt id in this")).toBeVisible();
  await box.fill(`X-Leasehold-Login-Attempt: ${id}`);
  await box.press("Enter");

  await expect(page).toHaveURL(new RegExp(`/auth/attempts/${id}$`));
  await expect(
    page.getByText('it sent "leasehold.staging", this mount is "leasehold.demo"').first(),
  ).toBeVisible();
  const checks = page.getByRole("list", { name: "Checks of the login, in order" });
  await expect(checks.getByText("It was signed for this server: failed")).toBeVisible();
  await expect(checks.getByText("It is signed in one way only: passed")).toBeVisible();
  await expect(checks.getByText("STS vouches for the signature: not reached")).toBeVisible();
  await expect(page.getByLabel("Command for the client", { exact: true })).toContainText(
    "header_value=leasehold.demo",
  );
  await expect(page.getByRole("link", { name: "Its entry in the audit log" })).toHaveAttribute(
    "href",
    `/audit?event=${id}`,
  );
  await expectAccessible(page);
});

test("the palette finds an attempt by its id", async ({ page, demo, signIn }) => {
  const id = await refusedLogin(demo, "ci-runner", { headers: {} });
  await signIn("auditor", "/tokens");
  await untilHydrated(page);
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "Page, action or identifier" })).toBeFocused();
  await page.keyboard.insertText(id);
  await expect(page.getByRole("option").filter({ hasText: "login for ci-runner" })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/auth/attempts/${id}$`));
});

test("the list is narrowed by its address, and a filter that finds nothing is taken away", async ({
  page,
  demo,
  signIn,
}) => {
  await refusedLogin(demo, "ci-runner", OWN_ID);
  await signIn("auditor", "/auth/attempts?result=refused&cause=other_principal&q=user%2Flauncher");
  await untilHydrated(page);
  const row = page.getByRole("row").filter({ hasText: LAUNCHER });
  await expect(row.first()).toContainText("is not bound to the role");

  await page.goto("/auth/attempts?role=ci-runner&account=999999999999");
  await untilHydrated(page);
  await expect(page.getByText("No attempt matches the filter")).toBeVisible();
  await press(page, "Remove the last filter");
  await expect(page).toHaveURL(/\/auth\/attempts\?role=ci-runner$/);
  await expect(page.getByRole("row").filter({ hasText: "ci-runner" })).not.toHaveCount(0);
});

test("on-call tests an identity and a captured login, which is not kept", async ({
  page,
  demo,
  signIn,
}) => {
  const accessor = await awsAccessor(demo);
  await signIn("oncall", `/auth/${accessor}/roles/ci-runner`);
  await untilHydrated(page);
  await press(page, "Test a login");
  const dialog = page.getByRole("dialog");
  const arn = dialog.getByRole("textbox", { name: "ARN" });
  await arn.fill("ci-runner");
  await press(page, "Test login");
  await expect(dialog.getByText("The ARN of a role, a user or a session")).toBeVisible();

  await arn.fill("arn:aws:iam::111122223333:role/workload/ci-runner");
  await press(page, "Test login");
  await expect(dialog.getByText("This login would pass")).toBeVisible();
  await expect(dialog.getByText("STS vouches for the signature: not asked")).toBeVisible();
  await expectAccessible(page);

  await dialog.getByRole("radio", { name: "A captured login" }).check();
  const payload = dialog.getByRole("textbox", { name: "Captured login" });
  const urls: string[] = [];
  page.on("request", (request) => urls.push(request.url()));
  await payload.fill(JSON.stringify(signedLogin(FLEET_KEYS.launcher, OWN_ID)));
  await press(page, "Test login");
  await expect(dialog.getByText("This login would be refused")).toBeVisible();
  await expect(dialog.getByText("STS vouches for the signature: passed")).toBeVisible();
  await expect(dialog.getByLabel("Command for the admin", { exact: true })).toContainText(
    `role/workload/ci-runner,${LAUNCHER}`,
  );
  await expect(payload).toHaveValue("");
  expect(urls.filter((url) => url.includes("Signature"))).toEqual([]);
  expect(await page.content()).not.toContain("Signature=");
});

test("an auditor is told which capability a test lacks", async ({ page, signIn }) => {
  await signIn("auditor", "/auth/attempts");
  await untilHydrated(page);
  await press(page, "Test a login");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "ARN" }).fill(LAUNCHER);
  await press(page, "Test login");
  await expect(dialog.getByText("The login was not tested.")).toBeVisible();
  await expect(
    dialog.getByText(/capability create on sys\/leasehold\/attempts\/dry-run/),
  ).toBeVisible();
});

test("a role whose principal was made anew is flagged, and bound again", async ({
  page,
  demo,
  signIn,
}) => {
  const id = await refusedLogin(demo, "backup-agent", OWN_ID);
  await demo.database.query(
    `update login_attempt set cause = 'recreated', facts = facts || '{"uniqueId": "AROAMADEANEW"}' where id = $1`,
    [id],
  );
  const accessor = await awsAccessor(demo);
  await signIn("admin", `/auth/${accessor}/roles`);
  await untilHydrated(page);
  await expect(page.getByText("principal was made anew")).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("link", { name: "backup-agent" }).click();
  await expect(page.getByText("A bound principal was deleted and made anew")).toBeVisible();
  await expect(page.getByText("AROAMADEANEW")).toBeVisible();
  await expectAccessible(page);
  await press(page, "Bind the new principal");
  await expect(page.getByText("Auth role backup-agent is stored.")).toBeVisible();
});

test("attempts are read on a phone without scrolling sideways", async ({ page, demo, signIn }) => {
  const id = await refusedLogin(demo, "backup-agent", { headers: {} });
  await page.setViewportSize({ width: 320, height: 700 });
  for (const path of ["/auth/attempts", `/auth/attempts/${id}`]) {
    if (path === "/auth/attempts") await signIn("oncall", path);
    else await page.goto(path);
    await untilHydrated(page);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - window.innerWidth,
    );
    expect(overflow).toBeLessThanOrEqual(0);
  }
});
