import { type Demo, expect, expectAccessible, takenOver, test } from "@/e2e/console/fixtures";

const TARGET = "arn:aws:iam::111122223333:role/app-readonly";
const PATIENCE = { timeout: 20_000 };

async function accessorOf(demo: Demo, path: string): Promise<string> {
  const { body } = await demo.api("GET sys/mounts");
  const mounts = body["data"] as Record<string, { accessor: string }>;
  return mounts[path]?.accessor ?? "";
}

async function judged(demo: Demo, role: string): Promise<void> {
  await expect
    .poll(
      async () => JSON.stringify((await demo.api(`GET sys/leasehold/validator?q=${role}`)).body),
      PATIENCE,
    )
    .toContain("get_role");
}

test("a role that asks for too much is found, explained, and checked anew", async ({
  page,
  demo,
  signIn,
}) => {
  await demo.api("POST aws/roles/too-long", {
    credential_type: "assumed_role",
    role_arns: [TARGET],
    default_sts_ttl: "3h",
    max_sts_ttl: "3h",
  });
  await judged(demo, "too-long");
  await signIn("admin", "/validator?q=too-long");
  await takenOver(page);

  await expect(page.getByText("Error", { exact: true }).first()).toBeVisible();
  await page.getByRole("button", { name: `Details of too-long ${TARGET}` }).click();
  await expect(page.getByText("ttl.default_over_limit")).toBeVisible();
  await expect(page.getByText(/By GetRole: MaxSessionDuration 3600 s/).first()).toBeVisible();
  await expect(page.getByText(/--max-session-duration 10800/)).toBeVisible();
  await expect(page.getByText(/first judged/).first()).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("button", { name: "Ask AWS about this role now" }).click();
  await expect(page.getByText("AWS was asked: the role too-long is error.")).toBeVisible(PATIENCE);
  await page.getByRole("button", { name: "Ask AWS about all roles" }).click();
  await expect(page.getByText(/All targets are asked about anew/)).toBeVisible(PATIENCE);
  await demo.api("DELETE aws/roles/too-long");
});

test("a TTL above AWS's limit is told while typing, and saved with a reason only", async ({
  page,
  demo,
  signIn,
}) => {
  await judged(demo, "app-readonly");
  const roles = `/secrets/${await accessorOf(demo, "aws/")}/roles`;
  await signIn("admin", `${roles}/new?from=app-readonly`);
  await takenOver(page);

  await page.getByRole("textbox", { name: "Default TTL" }).fill("2h");
  await page.getByRole("textbox", { name: "Maximum TTL" }).fill("2h");
  await expect(page.getByText("AWS will refuse this", { exact: true })).toBeVisible();
  await expect(page.getByText(/--max-session-duration 7200/)).toBeVisible();
  await page.getByRole("button", { name: "Create role" }).click();
  await expect(page.getByText("Something above is not right yet.", { exact: true })).toBeVisible();

  await page.getByRole("textbox", { name: "Reason to save it all the same" }).fill("raised today");
  await page.getByRole("button", { name: "Create role" }).click();
  await expect(page.getByRole("heading", { name: "app-readonly-copy", level: 1 })).toBeVisible(
    PATIENCE,
  );
  await expect(page.getByRole("heading", { name: "What AWS grants" })).toBeVisible();
  await expect(page.getByText(/Every request without ttl will fail/)).toBeVisible();
  const { body } = await demo.api("GET sys/leasehold/audit?q=validator.overridden");
  expect(JSON.stringify(body)).toContain("raised today");
  await demo.api("DELETE aws/roles/app-readonly-copy");
});

test("whoever may only read sees the verdicts, and is told what asking AWS needs", async ({
  page,
  signIn,
}) => {
  await signIn("auditor", "/validator");
  await takenOver(page);
  await expect(page.getByRole("heading", { name: /^Roles and targets/ })).toBeVisible();
  await page.getByRole("button", { name: "Ask AWS about all roles" }).click();
  await expect(page.getByText(/sys\/leasehold\/validator\/check/).first()).toBeVisible(PATIENCE);
});
