import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { type Demo, expect, expectAccessible, newPage, signIn, test } from "@/e2e/console/fixtures";
import { canListBuckets } from "@/lib/demo/machine";

/** What the browser logs of an answer that a test asked for. */
const REFUSED = /status of 40[034]/;
/** A list shows within this time what happened elsewhere. */
const SEEN_MS = 20_000;

type Drawn = { leaseId: string; accessKeyId: string; secretAccessKey: string };

async function draw(demo: Demo, role: string, token?: string): Promise<Drawn> {
  const { status, body } = await demo.api(`GET aws/creds/${role}`, undefined, token);
  expect(status).toBe(200);
  const { lease_id: leaseId, data } = body as {
    lease_id: string;
    data: { access_key: string; secret_key: string };
  };
  return { leaseId, accessKeyId: data.access_key, secretAccessKey: data.secret_key };
}

/** A token whose leases are nobody else's. */
async function newHolder(demo: Demo): Promise<{ token: string; accessor: string }> {
  const body = { policies: ["admin"], ttl: "1h" };
  const made = await demo.api("POST auth/token/create", body);
  const auth = made.body["auth"] as { client_token: string; accessor: string };
  return { token: auth.client_token, accessor: auth.accessor };
}

function works(demo: Demo, { accessKeyId, secretAccessKey }: Drawn): Promise<boolean> {
  const notes = JSON.parse(readFileSync(join(demo.dataDir, "demo.json"), "utf8")) as {
    simulatorPort: number;
  };
  const url = `http://127.0.0.1:${notes.simulatorPort}`;
  return canListBuckets(url, { accessKeyId, secretAccessKey });
}

function hrefOf(leaseId: string): string {
  return `/leases/${leaseId}`;
}

function press(page: Page, name: string | RegExp): Promise<void> {
  return page.getByRole("button", { name, exact: true }).first().click();
}

test("a pasted access key id leads to its lease; revoked, AWS refuses the key, and another window sees it", async ({
  page,
  demo,
  signIn: signInHere,
  browser,
}) => {
  const drawn = await draw(demo, "build-user");
  expect(await works(demo, drawn)).toBe(true);
  const other = await newPage(browser, demo);
  await signIn(other, demo, "auditor", `/leases?q=${drawn.accessKeyId}&state=any`);
  await expect(other.getByRole("cell", { name: "Active" })).toBeVisible();

  await signInHere("oncall", "/leases");
  const search = page.getByRole("combobox", { name: "Find leases" });
  await search.fill(drawn.accessKeyId);
  await search.press("Enter");
  await expect(page).toHaveURL(new RegExp(`q=${drawn.accessKeyId}`));
  await expect(page.getByText("1 match", { exact: true }).first()).toBeVisible();
  await press(page, `Show lease ${drawn.leaseId} beside the list`);
  await expect(page).toHaveURL(/lease=aws%2Fcreds%2Fbuild-user/);
  await press(page, "Delete the IAM user");
  const dialog = page.getByRole("dialog", { name: "Revoke one lease" });
  await expect(dialog.getByText(/AWS deletes the IAM user vault-/)).toBeVisible();
  await dialog.getByRole("button", { name: "Delete the IAM user" }).click();
  await expect(dialog.getByText("A reason is needed")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Reason" }).fill("key found in a log");
  await dialog.getByRole("button", { name: "Delete the IAM user" }).click();

  await expect(page.getByText(/AWS deleted the IAM user vault-/)).toBeVisible({ timeout: SEEN_MS });
  await expect(page.getByText("No credential of this lease works any more.")).toBeVisible();
  expect(await works(demo, drawn)).toBe(false);
  await expect(page.getByText("The IAM user and its key are gone at AWS.")).toBeVisible();
  await expect(other.getByRole("cell", { name: "Revoked" })).toBeVisible({ timeout: SEEN_MS });
  await page.goto(hrefOf(drawn.leaseId));
  await expect(page.getByRole("link", { name: /^job / }).first()).toBeVisible();
});

test("a session is forgotten with the time until which AWS honours it", async ({
  page,
  demo,
  signIn: signInHere,
}) => {
  const drawn = await draw(demo, "app-readonly");
  await signInHere("oncall", hrefOf(drawn.leaseId));
  await expect(page.getByText(/^Active: the AWS session works until/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Renew" })).toBeDisabled();
  await expect(page.getByRole("table", { name: "Limits of this lease" })).toContainText("binds");

  await press(page, /^Forget lease \(stays valid at AWS until .* UTC\)$/);
  const dialog = page.getByRole("dialog", { name: "Revoke one lease" });
  await dialog.getByRole("textbox", { name: "Reason" }).fill("no longer needed");
  await dialog.getByRole("button", { name: /^Forget lease/ }).click();

  await expect(page.getByText("Nothing was changed at AWS.")).toBeVisible({ timeout: SEEN_MS });
  await expect(page.getByText("Ended here, valid at AWS").first()).toBeVisible();
});

test("many are revoked once their number is typed, as a job that a reload does not disturb", async ({
  page,
  demo,
  signIn: signInHere,
}) => {
  const { token, accessor } = await newHolder(demo);
  for (const role of ["build-user", "app-readonly", "build-user", "app-readonly"]) {
    await draw(demo, role, token);
  }
  await signInHere("oncall", `/leases?accessor=${accessor}`);
  await press(page, /^Revoke all 4 as of /);
  const dialog = page.getByRole("dialog", { name: /^Revoke all that match as of/ });
  await expect(dialog.getByRole("table", { name: "What will be revoked" })).toContainText(
    "The IAM users and their keys are deleted",
  );
  await dialog.getByRole("textbox", { name: "Reason" }).fill("the holder is compromised");
  await dialog.getByRole("textbox", { name: "Number of leases" }).fill("3");
  await dialog.getByRole("button", { name: "Revoke 4 leases" }).click();
  await expect(dialog.getByText("This is not the number of leases, 4.")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Number of leases" }).fill("4");
  await dialog.getByRole("button", { name: "Revoke 4 leases" }).click();

  await expect(page).toHaveURL(/\/jobs\/[0-9a-f-]{36}$/);
  await page.reload();
  await expect(page.getByText("All 4 leases have ended.").first()).toBeVisible({
    timeout: SEEN_MS,
  });
  const items = page.getByRole("table", { name: "Leases of the job" });
  await expect(items.getByRole("row")).toHaveCount(5);
  await page.getByRole("button", { name: "Stopped at AWS (2)" }).click();
  await expect(items.getByRole("row")).toHaveCount(3);
  await expect(page).toHaveURL(/outcome=stopped_at_aws/);
  await expect(page.getByRole("button", { name: "Try the failed again" })).toBeDisabled();
  await page.goto("/jobs");
  await expect(page.getByRole("cell", { name: "the holder is compromised" })).toBeVisible();
});

test("chosen rows are revoked together, and others stay", async ({
  page,
  demo,
  signIn: signInHere,
}) => {
  const { token, accessor } = await newHolder(demo);
  const [first, second, third] = [
    await draw(demo, "app-readonly", token),
    await draw(demo, "app-readonly", token),
    await draw(demo, "app-readonly", token),
  ];
  await signInHere("admin", `/leases?accessor=${accessor}`);
  await page.getByRole("checkbox", { name: `Select lease ${first.leaseId}` }).check();
  await page.getByRole("checkbox", { name: `Select lease ${second.leaseId}` }).check();
  await press(page, "Revoke selected");
  const dialog = page.getByRole("dialog", { name: "Revoke 2 leases" });
  await dialog.getByRole("textbox", { name: "Reason" }).fill("two too many");
  await dialog.getByRole("textbox", { name: "Number of leases" }).fill("2");
  await dialog.getByRole("button", { name: "Revoke 2 leases" }).click();
  await expect(page.getByText("All 2 leases have ended.").first()).toBeVisible({
    timeout: SEEN_MS,
  });

  await page.goto(`/leases?accessor=${accessor}`);
  await expect(page.getByRole("link", { name: `…${third.leaseId.slice(-8)}` })).toBeVisible();
  await expect(page.getByText("1 match", { exact: true }).first()).toBeVisible();
});

test("pages are walked forth and back, and the filter leaves values out", async ({
  page,
  demo,
  signIn: signInHere,
}) => {
  const { token, accessor } = await newHolder(demo);
  for (let drawn = 0; drawn < 27; drawn += 1) await draw(demo, "app-readonly", token);
  await signInHere("auditor", `/leases?accessor=${accessor}&size=25`);
  const rows = page.getByRole("table", { name: "Leases" }).getByRole("row");
  await expect(rows).toHaveCount(26);

  await press(page, "Next page");
  await expect(rows).toHaveCount(3);
  await expect(page).toHaveURL(/cursor=.*page=2/);
  await page.reload();
  await expect(rows).toHaveCount(3);
  await press(page, "Previous page");
  await expect(rows).toHaveCount(26);
  await page.goto(`/leases?accessor=${accessor}&not_role=app-readonly`);
  await expect(page.getByText("No lease matches")).toBeVisible();
  await press(page, "Remove the last filter");
  await expect(page).toHaveURL(/not_role=app-readonly$/);
});

test("an export holds all that match, as CSV and as JSON lines", async ({
  page,
  demo,
  signIn: signInHere,
}) => {
  const { token, accessor } = await newHolder(demo);
  await draw(demo, "app-readonly", token);
  await draw(demo, "build-user", token);
  await signInHere("auditor", `/leases?accessor=${accessor}`);

  const csv = await page.request.get(`/api/console/leases/export?accessor=${accessor}&format=csv`);
  const lines = await page.request.get(
    `/api/console/leases/export?accessor=${accessor}&format=jsonl`,
  );

  const rows = (await csv.text()).trim().split("\n");
  expect(rows).toHaveLength(3);
  expect(rows[0]).toMatch(/^lease_id,state,/);
  expect(rows[1]).toMatch(/\d{4}-\d\d-\d\dT[\d:.]+Z/);
  const leases = (await lines.text())
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { role: string }).role);
  expect(leases).toEqual(["build-user", "app-readonly"]);
});

test("an auditor revokes nothing: not by the page, and not by calling its action", async ({
  page,
  demo,
  signIn: signInHere,
  browser,
  complaints,
}) => {
  const { leaseId } = await draw(demo, "build-user");
  const oncall = await newPage(browser, demo);
  await signIn(oncall, demo, "oncall", hrefOf(leaseId));
  await oncall.getByRole("button", { name: "Delete the IAM user" }).click();
  const dialog = oncall.getByRole("dialog", { name: "Revoke one lease" });
  const asked = oncall.waitForRequest(
    (request) => request.method() === "POST" && request.headers()["next-action"] !== undefined,
  );
  await dialog.getByRole("button", { name: "Delete the IAM user" }).click();
  const action = (await asked).headers()["next-action"] ?? "";

  await signInHere("auditor", hrefOf(leaseId));
  const button = page.getByRole("button", { name: "Delete the IAM user" });
  await expect(button).toBeDisabled();
  await button.focus();
  await expect(page.getByRole("tooltip")).toContainText("capability create on sys/leasehold/jobs");
  const forged = await page.request.post(hrefOf(leaseId), {
    headers: {
      origin: demo.url,
      "next-action": action,
      "content-type": "text/plain;charset=UTF-8",
    },
    data: JSON.stringify([{ leaseId, reason: "forged" }]),
  });

  expect(await forged.text()).toContain('"capability":"create"');
  const { body } = await demo.api(`GET sys/leasehold/leases/${leaseId}`);
  expect((body["data"] as { state: string }).state).toBe("active");
  expect(complaints.filter((text) => !REFUSED.test(text))).toEqual([]);
});

test("what is not there is said so", async ({ page, signIn: signInHere, complaints }) => {
  await signInHere("auditor", "/leases/aws/creds/none/nothing");
  await expect(page.getByText(/There is no lease aws\/creds\/none\/nothing/)).toBeVisible();
  await page.goto("/leases?q=zz");
  await expect(page.getByText(/q needs words of at least 3 characters/)).toBeVisible();
  await page.goto("/jobs/none");
  await expect(page.getByText("The job is not shown.")).toBeVisible();
  expect(complaints.filter((text) => !REFUSED.test(text))).toEqual([]);
});

test("axe finds nothing grave on the pages of leases and jobs, and a phone shows them", async ({
  page,
  demo,
  signIn: signInHere,
}) => {
  test.slow();
  const { leaseId } = await draw(demo, "build-user");
  await signInHere("oncall", "/leases");
  for (const path of [
    "/leases",
    `/leases?q=zzzz`,
    `/leases?lease=${encodeURIComponent(leaseId)}`,
    hrefOf(leaseId),
    "/jobs",
  ]) {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expectAccessible(page);
    await page.setViewportSize({ width: 320, height: 640 });
    await expectNoSideways(page);
  }
  await page.goto(hrefOf(leaseId));
  await press(page, "Delete the IAM user");
  await expectAccessible(page);
  await expectNoSideways(page);
  await page.goto(`/leases?q=${leaseId.slice(-12)}`);
  await press(page, /^Revoke all 1 as of /);
  await expect(page.getByRole("table", { name: "What will be revoked" })).toBeVisible();
  await expectAccessible(page);
  await expectNoSideways(page);
});

async function expectNoSideways(page: Page): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth))
    .toBeLessThanOrEqual(0);
}
