import { type Locator, type Page, test as base } from "@playwright/test";
import {
  callApi,
  type Demo,
  expect,
  expectAccessible,
  fillPassword,
  listenTo,
  test,
} from "@/e2e/console/fixtures";
import { startProgram } from "@/e2e/console/program";
import { DEFAULT_FLEET, FLEET_ACCOUNTS, FLEET_KEYS } from "@/lib/aws-simulator/default-fleet";
import { startAwsSimulator } from "@/lib/aws-simulator/server";
import { launch, signLogin } from "@/lib/demo/machine";

const WAIT = { timeout: 30_000 };

/** Nobody has logged in through AWS in the demo without its machines, so the first steps are shown. */
test.beforeEach(({ page }) =>
  page.addInitScript(() => {
    window.localStorage.setItem("leasehold.preferences", '{"firstSteps":"hidden"}');
  }),
);

function tile(page: Page, name: string): Locator {
  return page.getByRole("heading", { name }).first();
}

async function makeLife(demo: Demo): Promise<void> {
  await demo.api("GET aws/creds/app-readonly");
  await demo.api("PUT auth/userpass/login/nobody", { password: "wrong" }, "");
  await demo.api("PUT auth/aws/login", { role: "ci-runner" }, "");
}

test("an admin sees what runs, what was refused and why, and what changed, without a complaint of axe", async ({
  page,
  demo,
  signIn,
}) => {
  await makeLife(demo);
  await signIn("admin");

  await expect(page.getByText("invalid username or password").first()).toBeVisible(WAIT);
  await expect(page.getByText("didn't supply required authentication values")).toBeVisible(WAIT);
  await expect(page.getByText(/created auth\/userpass\/users\/auditor/)).toBeVisible(WAIT);
  await expect(page.getByText(/Verified to \d\d:\d\d/)).toBeVisible(WAIT);
  await expect(page.getByText("Every revocation goes through")).toBeVisible(WAIT);
  await expect(page.getByText("Nothing that is watched")).toBeVisible(WAIT);
  await expect(page.getByRole("link", { name: "1 assumed role" })).toHaveAttribute(
    "href",
    "/leases?kind=assumed_role",
  );
  await expectAccessible(page);

  await page.getByRole("button", { name: "Logins by outcome, last 2 h, as a table" }).click();
  await expect(page.getByRole("table", { name: "Logins by outcome, last 2 h" })).toBeVisible();
});

test("an on-call operator is told which capability the changes need, and sees all else", async ({
  page,
  signIn,
}) => {
  await signIn("oncall");

  await expect(page.getByText("Configuration changes are not shown.")).toBeVisible(WAIT);
  await expect(page.getByText(/capability read on sys\/leasehold\/history/)).toBeVisible();
  await expect(page.getByText("Every revocation goes through")).toBeVisible(WAIT);
  await expectAccessible(page);
});

test("an auditor reads it on a phone, without scrolling sideways", async ({ page, signIn }) => {
  await page.setViewportSize({ width: 320, height: 800 });
  await signIn("auditor");

  await expect(tile(page, "Last configuration changes")).toBeVisible(WAIT);
  await expect(page.getByText(/Verified to/)).toBeVisible(WAIT);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
  await expectAccessible(page);
});

test("a revocation that AWS refuses is shown with the cause, and opens the leases like it", async ({
  page,
  demo,
  signIn,
}) => {
  const { body } = await demo.api("GET aws/creds/build-user");
  const id = String(body["lease_id"]);
  await demo.database.query(
    `update lease set expires_at = now() - interval '1 hour', next_attempt_at = now() + interval '1 hour',
       attempts = 7, irrevocable_at = now(), last_error = 'DeleteConflict: must delete login profile first'
     where id = $1`,
    [id],
  );
  await signIn("oncall");

  await expect(page.getByText("DeleteConflict: must delete login profile first")).toBeVisible(WAIT);
  await expect(page.getByText("Leases that could not be revoked")).toBeVisible(WAIT);
  await expect(page.getByRole("link", { name: "Open these leases" })).toHaveAttribute(
    "href",
    "/leases?state=irrevocable",
  );
  await demo.database.query(`delete from lease where id = $1`, [id]);
});

const RUNNER = `arn:aws:iam::${FLEET_ACCOUNTS.tools}:role/workload/ci-runner`;

base("the first steps of an empty installation are ticked as they happen", async ({ browser }) => {
  base.setTimeout(180_000);
  const rootToken = "hvs.first-steps-of-an-installation";
  const simulator = await startAwsSimulator({ seed: DEFAULT_FLEET });
  const program = await startProgram("server", { LEASEHOLD_ROOT_TOKEN: rootToken });
  const api = (request: string, body?: unknown, token = rootToken) =>
    callApi(program.url, request, body, token);
  const aws = {
    access_key: FLEET_KEYS.leasehold.accessKeyId,
    secret_key: FLEET_KEYS.leasehold.secretAccessKey,
    iam_endpoint: simulator.url,
    sts_endpoint: simulator.url,
  };
  try {
    await api("POST sys/auth/userpass", { type: "userpass" });
    await api("PUT auth/userpass/users/ann", { password: "first-steps", token_policies: "admin" });
    const page = await (await browser.newContext({ baseURL: program.url })).newPage();
    const complaints = listenTo(page);
    await page.goto("/login");
    await fillPassword(page, "ann", "first-steps");

    await expect(page.getByText("(0 of 5)")).toBeVisible(WAIT);
    await expect(page.getByText(`export VAULT_ADDR=${program.url}`).first()).toBeVisible();
    await expectAccessible(page);

    await api("POST sys/auth/aws", { type: "aws" });
    await api("POST sys/mounts/aws", { type: "aws" });
    await api("PUT aws/config/root", { ...aws, region: "us-east-1" });
    await expect(page.getByText("(1 of 5)")).toBeVisible(WAIT);

    await api("PUT auth/aws/config/client", { ...aws, sts_region: "us-east-1" });
    await api("PUT sys/policies/acl/app", {
      policy: 'path "aws/creds/app" { capabilities = ["read"] }',
    });
    await api("POST auth/aws/role/app", {
      auth_type: "iam",
      bound_iam_principal_arn: RUNNER,
      token_policies: "app",
    });
    await api("PUT aws/roles/app", {
      credential_type: "assumed_role",
      role_arns: [`arn:aws:iam::${FLEET_ACCOUNTS.tools}:role/app-readonly`],
    });
    await expect(page.getByText("(3 of 5)")).toBeVisible(WAIT);

    await page.getByRole("button", { name: "Hide the first steps" }).click();
    await expect(tile(page, "Live leases")).toBeVisible();
    await page.getByRole("button", { name: "Show the first steps" }).click();

    const machine = await launch(simulator.url, FLEET_KEYS.launcher, {
      roleArn: RUNNER,
      sessionName: "first",
    });
    const form = await signLogin(machine, "any");
    const login = await api("PUT auth/aws/login", { role: "app", ...form }, "");
    expect(login.status, JSON.stringify(login.body)).toBe(200);
    await expect(page.getByText("(4 of 5)")).toBeVisible(WAIT);

    const { client_token: token } = login.body["auth"] as { client_token: string };
    expect((await api("GET aws/creds/app", undefined, token)).status).toBe(200);
    await expect(tile(page, "Live leases")).toBeVisible(WAIT);
    await expect(page.getByRole("link", { name: "1 assumed role" })).toBeVisible();
    expect(complaints).toEqual([]);
  } finally {
    await program.stop();
    await simulator.close();
  }
});
