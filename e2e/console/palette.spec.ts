import type { Page } from "@playwright/test";
import { type Demo, expect, expectAccessible, test } from "@/e2e/console/fixtures";
import { untilHydrated } from "@/e2e/console/hydrated";

/** Opens the palette by the keyboard and types. */
async function find(page: Page, text: string) {
  await untilHydrated(page);
  await page.keyboard.press("Control+k");
  const field = page.getByRole("combobox", { name: "Page, action or identifier" });
  await expect(field).toBeFocused();
  await page.keyboard.insertText(text);
  return page.getByRole("dialog");
}

async function newToken(demo: Demo, name: string): Promise<string> {
  const { body } = await demo.api("POST auth/token/create", { display_name: name, ttl: "1h" });
  return (body["auth"] as { accessor: string }).accessor;
}

test("a page and an accessor are reached by the keyboard alone", async ({ page, demo, signIn }) => {
  const accessor = await newToken(demo, "sought");
  await signIn("oncall");
  await find(page, "tokens");
  await expect(page.getByRole("option", { name: "Tokens" })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/tokens$/);

  const dialog = await find(page, accessor);
  await expect(dialog.getByRole("option", { name: accessor })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/tokens/${accessor}$`));
});

test("a lease, its access key, a role, a mount and a request are found by an admin", async ({
  page,
  demo,
  signIn,
}) => {
  const roles = (await demo.api("LIST aws/roles")).body["data"] as { keys: string[] };
  const role = roles.keys[0] ?? "";
  const { body } = await demo.api(`GET aws/creds/${role}`);
  const { access_key: keyId } = body["data"] as { access_key: string };
  await signIn("admin");

  for (const text of [String(body["lease_id"]), keyId]) {
    const dialog = await find(page, text);
    await expect(dialog.getByRole("option").filter({ hasText: keyId })).toBeVisible();
    await page.keyboard.press("Control+k");
  }
  const byRole = await find(page, role);
  await expect(byRole.getByRole("option").filter({ hasText: `aws/roles/${role}` })).toBeVisible();
  await page.keyboard.press("Control+k");
  const byMount = await find(page, "auth/aws/");
  await expect(byMount.getByRole("option").filter({ hasText: "auth/aws/" }).first()).toBeVisible();
  await page.keyboard.press("Control+k");
  const byRequest = await find(page, String(body["request_id"]));
  await expect(
    byRequest.getByRole("option").filter({ hasText: `aws/creds/${role}` }),
  ).toBeVisible();
});

test("a pasted secret is masked and never sent", async ({ page, signIn }) => {
  const sent: string[] = [];
  page.on("request", (request) => sent.push(`${request.url()} ${request.postData() ?? ""}`));
  await signIn("admin");

  for (const secret of [
    "hvs.CAESIExampleExampleExampleExample",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  ]) {
    const dialog = await find(page, secret);
    await expect(dialog.getByText("It was masked and not sent.")).toBeVisible();
    await expect(dialog.getByRole("combobox")).toHaveValue("••••••••");
    await page.keyboard.press("Control+k");
    await expect(dialog).toBeHidden();
    expect(
      sent.filter((one) => one.includes(secret) || one.includes(encodeURIComponent(secret))),
    ).toEqual([]);
  }
});

test("an on-call engineer is told what was left out", async ({ page, signIn }) => {
  await signIn("oncall");
  const dialog = await find(page, "orders");

  await expect(dialog.getByText(/Policies are left out/)).toBeVisible();
  await expect(dialog.getByText(/sys\/policies\/acl/)).toBeVisible();
  await expectAccessible(page);
});

test("the palette opens by its button, finds policies for an auditor, and reflows at 320 pixels", async ({
  page,
  signIn,
}) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await signIn("auditor");
  await untilHydrated(page);
  await page.getByRole("button", { name: "Find or go to (Ctrl+K)" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox").fill("audit");
  await expect(
    dialog.getByRole("option").filter({ hasText: "sys/policies/acl/auditor" }),
  ).toBeVisible();
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
  await expectAccessible(page);
  await dialog.getByRole("option").filter({ hasText: "sys/policies/acl/auditor" }).click();
  await expect(page).toHaveURL(/\/policies\/auditor$/);
});
