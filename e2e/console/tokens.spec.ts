import type { Page } from "@playwright/test";
import { type Demo, expect, expectAccessible, test } from "@/e2e/console/fixtures";
import { untilHydrated } from "@/e2e/console/hydrated";

type Made = { token: string; accessor: string };

/** A token, made by `by`, or by the root token. */
async function newToken(demo: Demo, name: string, by?: string): Promise<Made> {
  const { body } = await demo.api(
    "POST auth/token/create",
    { display_name: name, policies: ["draws"], ttl: "1h" },
    by,
  );
  const auth = body["auth"] as { client_token: string; accessor: string };
  return { token: auth.client_token, accessor: auth.accessor };
}

/** A token with a lease of an IAM user, and a child with one of an assumed role. */
async function family(demo: Demo, name: string): Promise<{ parent: Made; child: Made }> {
  await demo.api("PUT sys/policies/acl/draws", {
    policy: `path "aws/creds/*" { capabilities = ["read"] }
      path "auth/token/create" { capabilities = ["update"] }`,
  });
  const parent = await newToken(demo, name);
  const child = await newToken(demo, `${name}-child`, parent.token);
  const roles = (await demo.api("LIST aws/roles")).body["data"] as { keys: string[] };
  for (const [index, role] of roles.keys.slice(0, 2).entries()) {
    const drawn = await demo.api(
      `GET aws/creds/${role}`,
      undefined,
      index === 0 ? parent.token : child.token,
    );
    expect(drawn.status).toBe(200);
  }
  return { parent, child };
}

function press(page: Page, name: string): Promise<void> {
  return page.getByRole("button", { name, exact: true }).click();
}

test("an on-call engineer finds a token, reads what falls with it, and revokes it for a reason", async ({
  page,
  demo,
  signIn,
}) => {
  const { parent, child } = await family(demo, "leaky");
  await signIn("oncall", "/tokens?q=token-leaky");
  await untilHydrated(page);
  await expect(page.getByRole("link", { name: child.accessor })).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("link", { name: parent.accessor }).click();
  await expect(page.getByRole("heading", { name: `Token ${parent.accessor}` })).toBeVisible();
  await expect(page.getByRole("link", { name: child.accessor })).toBeVisible();
  await expectAccessible(page);

  await press(page, "Revoke");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("1 child token falls with it")).toBeVisible();
  await expect(dialog.getByText("2 live leases fall with it")).toBeVisible();
  await expectAccessible(page);
  await press(page, "Revoke token");
  await expect(dialog.getByText("Say why: it is kept in the audit log.")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Reason" }).fill("leaked in a build log");
  await press(page, "Revoke token");

  await expect(page.getByText(`Token ${parent.accessor} has ended: 1 child token`)).toBeVisible();
  await expect(page.getByText(/^Ended/)).toBeVisible();
  const left = await demo.api("POST auth/token/lookup-accessor", { accessor: child.accessor });
  expect(left.status).not.toBe(200);
});

test("an admin renews a token, and is warned before ending the own session", async ({
  page,
  demo,
  signIn,
}) => {
  const { accessor } = await newToken(demo, "long");
  await signIn("admin", `/tokens/${accessor}`);
  await untilHydrated(page);
  await press(page, "Renew");
  await expect(page.getByText(`Token ${accessor} now ends`)).toBeVisible();

  await page.goto("/tokens?q=userpass-admin");
  await untilHydrated(page);
  await page.getByRole("row").filter({ hasText: "yours" }).getByRole("link").first().click();
  await expect(page.getByText("This token is your own session")).toBeVisible();
  await press(page, "Revoke");
  await expect(
    page.getByRole("dialog").getByText("You are signed in with this token"),
  ).toBeVisible();
});

test("an auditor reads tokens, and is told which capability revoking one lacks", async ({
  page,
  demo,
  signIn,
}) => {
  const { accessor } = await newToken(demo, "kept");
  await signIn("auditor", `/tokens/${accessor}`);
  await untilHydrated(page);
  await press(page, "Revoke");
  await page.getByRole("textbox", { name: "Reason" }).fill("to see what happens");
  await press(page, "Revoke token");

  await expect(page.getByText("The token was not revoked.")).toBeVisible();
  await expect(page.getByText(/capability update on auth\/token\/revoke-accessor/)).toBeVisible();
  const left = await demo.api("POST auth/token/lookup-accessor", { accessor });
  expect(left.status).toBe(200);
});

test("a filter that finds nothing is taken away, and what ended says why", async ({
  page,
  demo,
  signIn,
}) => {
  const { accessor } = await newToken(demo, "gone");
  await demo.api("POST auth/token/revoke-accessor", { accessor });
  await signIn("auditor", "/tokens?q=token-gone");
  await untilHydrated(page);
  await expect(page.getByText("No live token matches the filter")).toBeVisible();

  await page.goto("/tokens?q=token-gone&state=ended");
  await untilHydrated(page);
  await expect(page.getByRole("row").filter({ hasText: accessor })).toContainText("revoked");
  await page.goto("/tokens?q=nothing-like-it");
  await untilHydrated(page);
  await press(page, "Remove the last filter");
  await expect(page).toHaveURL(/\/tokens$/);
});

test("the page and the dialog of a token reflow at 320 pixels", async ({ page, demo, signIn }) => {
  const { parent } = await family(demo, "narrow");
  await page.setViewportSize({ width: 320, height: 640 });
  await signIn("oncall", `/tokens/${parent.accessor}`);
  await untilHydrated(page);
  await press(page, "Revoke");
  await expect(page.getByRole("dialog")).toBeVisible();
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
  await expectAccessible(page);
});
