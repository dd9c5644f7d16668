import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "@/e2e/console/fixtures";
import { untilHydrated } from "@/e2e/console/hydrated";

function editor(page: Page) {
  return page.getByRole("textbox", { name: /^Text of policy/ });
}

function press(page: Page, name: string): Promise<void> {
  return page.getByRole("button", { name, exact: true }).click();
}

test("an admin writes a policy, is told what is wrong and where, tries it and stores it", async ({
  page,
  demo,
  signIn,
}) => {
  await signIn("admin", "/policies");
  await untilHydrated(page);
  await press(page, "Write a policy");
  await page.getByRole("textbox", { name: "Name" }).fill("Deploy");
  await press(page, "Open the editor");
  await expect(page.getByText("There is no policy of this name yet")).toBeVisible();

  await editor(page).fill('path "aws/creds/app-deploy" {\n  capabilities = ["raed"]\n}\n');
  await expect(page.getByText('invalid capability "raed"')).toBeVisible();
  await press(page, "Line 2, column 20");
  await expect(editor(page)).toBeFocused();

  await editor(page).fill('path "aws/creds/app-deploy" {\n  capabilities = ["read"]\n}\n');
  await page.getByRole("textbox", { name: "Path" }).fill("aws/creds/app-deploy");
  await press(page, "Explain");
  await expect(page.getByText("Allowed: read on aws/creds/app-deploy")).toBeVisible();

  await press(page, "Create policy");
  await expect(page.getByText("Policy deploy is stored.")).toBeVisible();
  const { body } = await demo.api("GET sys/policies/acl/deploy");
  expect(body["data"]).toMatchObject({ name: "deploy" });
  await expectAccessible(page);
});

test("a policy that somebody else changed meanwhile is not overwritten", async ({
  page,
  demo,
  signIn,
}) => {
  const theirs = '# theirs\npath "a" { capabilities = ["list"] }\n';
  await demo.api("PUT sys/policies/acl/shared", {
    policy: '# first\npath "a" { capabilities = ["read"] }',
  });
  await signIn("admin", "/policies/shared");
  await untilHydrated(page);
  await editor(page).fill('# mine\npath "a" { capabilities = ["update"] }');
  await demo.api("PUT sys/policies/acl/shared", { policy: theirs });

  await press(page, "Save policy");

  await expect(page.getByText("Somebody changed this policy since you opened it")).toBeVisible();
  await expectAccessible(page);
  const { body } = await demo.api("GET sys/policies/acl/shared");
  expect(body["data"]).toMatchObject({ policy: theirs });
  await press(page, "Take theirs, drop mine");
  await expect(editor(page)).toHaveValue(theirs);
});

test("deleting a policy says which logins will get less", async ({ page, demo, signIn }) => {
  await demo.api("PUT sys/policies/acl/builds", { policy: 'path "b" { capabilities = ["read"] }' });
  await demo.api("POST auth/aws/role/builder", {
    bound_iam_principal_arn: "arn:aws:iam::111122223333:role/workload/ci-runner",
    token_policies: "builds",
  });
  await signIn("admin", "/policies/builds");
  await untilHydrated(page);

  await press(page, "Delete");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("auth/aws/role/builder")).toBeVisible();
  await expectAccessible(page);
  await press(page, "Delete policy");

  await expect(page).toHaveURL(/\/policies$/);
  expect((await demo.api("GET sys/policies/acl/builds")).status).toBe(404);
  await demo.api("DELETE auth/aws/role/builder");
});

test("an explanation names the rule that decides and the one it wins over", async ({
  page,
  signIn,
}) => {
  await signIn("auditor", "/policies");
  await untilHydrated(page);
  await page.getByRole("textbox", { name: "Path" }).fill("sys/leasehold/leases/aws/creds/x");
  await press(page, "Operation read");
  await page.getByRole("option", { name: "delete" }).click();
  await press(page, "Explain");

  await expect(page.getByText(/Refused: delete on/)).toBeVisible();
  await expect(page.getByText(/lacks the capability delete/)).toBeVisible();
  await expect(page.getByRole("cell", { name: "decides" })).toBeVisible();
  await expectAccessible(page);
});

test("an auditor reads policies, and is told which capability a change lacks", async ({
  page,
  demo,
  signIn,
}) => {
  const before = await demo.api("GET sys/policies/acl/auditor");
  await signIn("auditor", "/policies/auditor");
  await untilHydrated(page);
  await editor(page).fill('path "*" { capabilities = ["sudo"] }');
  await press(page, "Save policy");

  await expect(page.getByText("The policy was not saved.")).toBeVisible();
  await expect(page.getByText(/capability update on sys\/policies\/acl\/auditor/)).toBeVisible();
  const after = await demo.api("GET sys/policies/acl/auditor");
  expect(after.body["data"]).toEqual(before.body["data"]);
});

test("an on-call operator is told what the list of policies lacks", async ({ page, signIn }) => {
  await signIn("oncall", "/policies");
  await untilHydrated(page);

  await expect(page.getByText("The policies are not shown.")).toBeVisible();
  await expect(page.getByText(/capability list on sys\/policies\/acl/)).toBeVisible();
  await expectAccessible(page);
});

test("a filter that finds nothing can be taken away", async ({ page, signIn }) => {
  await signIn("admin", "/policies?q=nothing-like-it");
  await untilHydrated(page);

  await expect(page.getByText("No policy has “nothing-like-it” in its name")).toBeVisible();
  await press(page, "Show all policies");
  await expect(page.getByRole("link", { name: "auditor", exact: true })).toBeVisible();
  await expect(page).toHaveURL(/\/policies$/);
});
