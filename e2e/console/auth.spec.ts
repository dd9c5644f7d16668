import type { Page } from "@playwright/test";
import { type Demo, expect, expectAccessible, test } from "@/e2e/console/fixtures";
import { untilHydrated } from "@/e2e/console/hydrated";

const CI_RUNNER = "arn:aws:iam::111122223333:role/ci-runner";

async function mountPage(demo: Demo, below = ""): Promise<string> {
  const { body } = await demo.api("GET sys/auth");
  const mounts = body["data"] as Record<string, { accessor: string }>;
  return `/auth/${mounts["aws/"]?.accessor ?? ""}${below}`;
}

function press(page: Page, name: string): Promise<void> {
  return page.getByRole("button", { name, exact: true }).click();
}

test("an admin enables a mount, enforces its Server-ID, and disables it", async ({
  page,
  demo,
  signIn,
}) => {
  await signIn("admin", "/auth");
  await untilHydrated(page);
  await press(page, "Enable AWS auth");
  await page.getByRole("textbox", { name: "Path" }).fill("aws-lab");
  await page.getByRole("textbox", { name: "Token TTL" }).fill("soon");
  await press(page, "Enable");
  await expect(page.getByText("Write a duration: 30m, 12h, 2d, or seconds.")).toBeVisible();
  await page.getByRole("textbox", { name: "Token TTL" }).fill("30m");
  await press(page, "Enable");
  await page.getByRole("link", { name: "auth/aws-lab/" }).click();

  await expect(page.getByText("This is a risk")).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel("Refuse logins that were not signed for this server").check();
  await press(page, "Save login rules");
  await expect(page.getByText("To be enforced, the Server-ID needs a value.")).toBeVisible();
  await page.getByRole("textbox", { name: "Value" }).fill("leasehold.lab");
  await press(page, "Save login rules");
  await expect(page.getByText(/login rules of aws-lab\/ are stored/)).toBeVisible();
  const { body } = await demo.api("GET auth/aws-lab/config/client");
  expect(body["data"]).toMatchObject({ iam_server_id_header_value: "leasehold.lab" });

  await press(page, "Disable");
  await page.getByRole("textbox", { name: "Path of the mount" }).fill("aws-lab");
  await press(page, "Disable, and end what belongs to it");
  await expect(page).toHaveURL(/\/auth$/);
  await expect(page.getByRole("link", { name: "auth/aws-lab/" })).toBeHidden();
});

test("a mount's snippets carry its values, and its settings are changed part by part", async ({
  page,
  demo,
  signIn,
}) => {
  await signIn("admin", await mountPage(demo, "?tab=clients"));
  await untilHydrated(page);
  await page.getByRole("textbox", { name: "Role" }).fill("ci-runner");
  await expect(page.getByLabel("vault CLI", { exact: true }).last()).toContainText(
    "role=ci-runner",
  );
  await page.getByRole("tab", { name: "Vault Agent" }).click();
  await expect(page.getByText('header_value = "leasehold.demo"')).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("tab", { name: "Accounts" }).click();
  await press(page, "Add an account");
  await page.getByRole("textbox", { name: "Account id" }).fill("222233334444");
  const role = "arn:aws:iam::222233334444:role/reader";
  await page.getByRole("textbox", { name: "Role to assume" }).fill(role);
  await press(page, "Save");
  await expect(page.getByRole("rowheader", { name: "222233334444" })).toBeVisible();
  await press(page, "Remove account 222233334444");
  await press(page, "Remove account");
  await expect(page.getByRole("rowheader", { name: "222233334444" })).toBeHidden();

  await page.getByRole("tab", { name: "Identity" }).click();
  await page.getByLabel("One for each IAM principal").check();
  await press(page, "Save identity settings");
  await expect(page.getByText("How logins become entities is stored.")).toBeVisible();
  const { body } = await demo.api("GET auth/aws/config/identity");
  expect(body["data"]).toMatchObject({ iam_alias: "unique_id" });
  await demo.api("POST auth/aws/config/identity", { iam_alias: "role_id" });
});

test("a role is made from a pasted session, cloned, changed and deleted", async ({
  page,
  demo,
  signIn,
}) => {
  await signIn("admin", await mountPage(demo, "/roles"));
  await untilHydrated(page);
  await page.getByRole("link", { name: "Create a role" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("nightly");
  const paste = page.getByRole("textbox", { name: "Add a principal" });
  await paste.fill("arn:aws:sts::111122223333:assumed-role/ci-runner/i-0abc");
  await expect(page.getByText("assumed-role session of role ci-runner")).toBeVisible();
  await paste.press("Enter");
  await expect(page.getByRole("rowheader", { name: CI_RUNNER })).toBeVisible();
  await page.getByRole("textbox", { name: /^TTL/ }).fill("10m");
  await expect(page.getByText(/A token lives 10 min \(from this role\)/)).toBeVisible();
  await expectAccessible(page);
  await press(page, "Create role");
  await expect(page.getByText("Auth role nightly is stored.")).toBeVisible();
  await expect(page.getByText(/^AROA/)).toBeVisible();

  await page.getByRole("link", { name: "Clone" }).click();
  await expect(page.getByRole("rowheader", { name: CI_RUNNER })).toBeVisible();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("weekly");
  await press(page, "Create role");
  await expect(page.getByRole("heading", { name: "weekly", level: 1 })).toBeVisible();
  const { body } = await demo.api("GET auth/aws/role/weekly");
  expect(body["data"]).toMatchObject({ bound_iam_principal_arn: [CI_RUNNER], token_ttl: 600 });

  await press(page, "Delete");
  await expect(page.getByRole("dialog").getByText("What stops working:")).toBeVisible();
  await press(page, "Delete auth role");
  await expect(page).toHaveURL(/\/roles$/);
  await expect(page.getByRole("link", { name: "nightly" })).toBeVisible();
  await expect(page.getByRole("link", { name: "weekly" })).toBeHidden();
  await demo.api("DELETE auth/aws/role/nightly");
});

test("what nobody can log in as is refused with what can be bound instead", async ({
  page,
  demo,
  signIn,
}) => {
  await signIn("admin", await mountPage(demo, "/roles/ci-runner"));
  await untilHydrated(page);
  const paste = page.getByRole("textbox", { name: "Add a principal" });

  await paste.fill("arn:aws:iam::aws:policy/ReadOnlyAccess");
  await expect(page.getByText("nobody logs in as one")).toBeVisible();
  await press(page, "Bind");
  await expect(paste).toHaveValue("arn:aws:iam::aws:policy/ReadOnlyAccess");

  await paste.fill("444455556666");
  await press(page, "Take arn:aws:iam::444455556666:role/*");
  await expect(page.getByText("all roles of account 444455556666")).toBeVisible();
  await press(page, "Bind");
  await expect(
    page.getByRole("rowheader", { name: "arn:aws:iam::444455556666:role/*" }),
  ).toBeVisible();
  const { body } = await demo.api("GET auth/aws/role/ci-runner");
  expect(body["data"]).toMatchObject({
    bound_iam_principal_arn: ["arn:aws:iam::111122223333:role/workload/ci-runner"],
  });
});

test("a principal that AWS does not know is told by AWS's own words, and nothing is stored", async ({
  page,
  demo,
  signIn,
}) => {
  await signIn("admin", await mountPage(demo, "/roles/new"));
  await untilHydrated(page);
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("ghost");
  const paste = page.getByRole("textbox", { name: "Add a principal" });
  await paste.fill("arn:aws:iam::111122223333:role/nobody");
  await press(page, "Bind");
  await press(page, "Create role");

  await expect(page.getByText("The role was not saved.")).toBeVisible();
  await expect(page.getByText(/unable to resolve ARN/)).toBeVisible();
  expect((await demo.api("GET auth/aws/role/ghost")).status).toBe(404);
});

test("roles are found by what they bind, and the address tells the filter", async ({
  page,
  demo,
  signIn,
}) => {
  await signIn("auditor", await mountPage(demo, "/roles"));
  await untilHydrated(page);
  await page.getByRole("searchbox").fill("444455556666");

  await expect(page.getByRole("link", { name: "production" })).toBeVisible();
  await expect(page.getByRole("link", { name: "ci-runner" })).toBeHidden();
  await expect(page).toHaveURL(/\?q=444455556666$/);
  await expectAccessible(page);
  await page.getByRole("searchbox").fill("no-such-thing");
  await press(page, "Show all roles");
  await expect(page.getByRole("link", { name: "ci-runner" })).toBeVisible();
});

test("who may not change a role or read the login rules is told what is missing", async ({
  page,
  demo,
  signIn,
}) => {
  await signIn("auditor", await mountPage(demo));
  await untilHydrated(page);
  await expect(page.getByText(/capability read on auth\/aws\/config\/client/)).toBeVisible();

  await page.goto(await mountPage(demo, "/roles/ci-runner"));
  await untilHydrated(page);
  await page.getByRole("textbox", { name: /^TTL/ }).fill("9m");
  await press(page, "Save role");
  await expect(page.getByText("The role was not saved.")).toBeVisible();
  await expect(page.getByText(/capability update on auth\/aws\/role\/ci-runner/)).toBeVisible();
  const { body } = await demo.api("GET auth/aws/role/ci-runner");
  expect(body["data"]).toMatchObject({ token_ttl: 300 });
});
