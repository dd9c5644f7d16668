import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import {
  expect,
  expectAccessible,
  newPage,
  signIn as signInAs,
  test,
} from "@/e2e/console/fixtures";
import { untilHydrated } from "@/e2e/console/hydrated";

function press(page: Page | Locator, name: string | RegExp): Promise<void> {
  return page.getByRole("button", { name, exact: typeof name === "string" }).click();
}

function dialogOf(page: Page): Locator {
  return page.getByRole("dialog");
}

/** A dialog reads at the width of a phone: nothing of it lies beyond the right edge. */
async function expectFits(page: Page): Promise<void> {
  await page.setViewportSize({ width: 320, height: 640 });
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, "pixels beyond the right edge").toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1280, height: 720 });
}

test.describe("operators", () => {
  test("an admin adds one, sees what they may do, changes it, and deletes them", async ({
    page,
    demo,
    signIn,
  }) => {
    await signIn("admin", "/admin/operators");
    await untilHydrated(page);
    await expectAccessible(page);
    await press(page, "Add operator");
    const dialog = dialogOf(page);
    await dialog.getByRole("textbox", { name: "Name" }).fill("Ann");
    await dialog.getByRole("textbox", { name: "Password" }).fill("short");
    await press(dialog, "Add operator");
    await expect(dialog.getByText("A password has at least 12 characters.")).toBeVisible();
    await dialog.getByRole("textbox", { name: "Password" }).fill("long enough 12345");
    await press(dialog, /^Preset On-call/);
    await expect(dialog.getByText(/\d+ of 13 things that operators do/)).toBeVisible();
    await expectAccessible(page);
    await expectFits(page);
    await press(dialog, "Add operator");

    await expect(page.getByText("ann can sign in at auth/userpass/.")).toBeVisible();
    await expect(page.getByRole("heading", { name: "ann", level: 1 })).toBeVisible();
    const login = await demo.api("POST auth/userpass/login/ann", { password: "long enough 12345" });
    expect(login.body["auth"]).toMatchObject({ token_policies: ["default", "on-call"] });
    await expectAccessible(page);

    await press(page, "Change policies");
    await press(dialogOf(page), /^Preset Auditor/);
    await expect(dialogOf(page).getByText("Effective policies: auditor, default")).toBeVisible();
    await press(dialogOf(page), "Change policies");
    await expect(page.getByText("The next sign-in of ann gives auditor.")).toBeVisible();

    await page.getByRole("textbox", { name: "TTL", exact: true }).fill("30m");
    await press(page, "Save limits");
    await expect(page.getByText("They hold from the next sign-in of ann on.")).toBeVisible();
    const { body } = await demo.api("GET auth/userpass/users/ann");
    expect(body["data"]).toMatchObject({ token_ttl: 1800, token_policies: ["auditor"] });

    await press(page, "Delete");
    await dialogOf(page).getByRole("textbox", { name: "Name of the operator" }).fill("ann");
    await press(dialogOf(page), "Delete ann and end their sessions");
    await expect(page).toHaveURL(/\/admin\/operators$/);
    expect((await demo.api("GET auth/userpass/users/ann")).status).toBe(404);
  });

  test("nobody is overwritten by adding a name that is there", async ({ page, demo, signIn }) => {
    await signIn("admin", "/admin/operators");
    await untilHydrated(page);
    await press(page, "Add operator");
    await dialogOf(page).getByRole("textbox", { name: "Name" }).fill("auditor");
    await dialogOf(page).getByRole("textbox", { name: "Password" }).fill("another password");
    await press(dialogOf(page), "Add operator");

    await expect(
      dialogOf(page).getByText("There is an operator of this name already."),
    ).toBeVisible();
    const login = await demo.api("POST auth/userpass/login/auditor", {
      password: demo.passwords.auditor,
    });
    expect(login.status).toBe(200);
  });

  test("who is locked out is let try again", async ({ page, demo, signIn }) => {
    for (let guess = 0; guess < 6; guess += 1) {
      await demo.api("POST auth/userpass/login/stranger", { password: `guess ${guess}` });
    }
    await signIn("admin", "/admin/operators");
    await untilHydrated(page);
    await press(page, "Unlock stranger");
    await press(dialogOf(page), "Let stranger try again");

    await expect(page.getByText("stranger can try again at once")).toBeVisible();
    await expect(page.getByRole("heading", { name: /^Locked out/ })).toBeHidden();
  });

  test("an auditor is told what the list of operators lacks", async ({ page, signIn }) => {
    await signIn("auditor", "/admin/operators");
    await untilHydrated(page);

    await expect(page.getByText("The operators are not shown.")).toBeVisible();
    await expect(page.getByText(/capability list on sys\/leasehold\/operators/)).toBeVisible();
    await expectAccessible(page);
  });
});

test.describe("console sessions", () => {
  test("an admin ends all of somebody, and sees which session is theirs", async ({
    page,
    demo,
    browser,
    signIn,
  }) => {
    const theirs = await newPage(browser, demo);
    await signInAs(theirs, demo, "oncall");
    const others = await newPage(browser, demo);
    await signInAs(others, demo, "oncall");
    await signIn("admin", "/admin/sessions");
    await untilHydrated(page);
    await expect(page.getByText("you, here")).toBeVisible();
    await expectAccessible(page);

    await page
      .getByRole("button", { name: /^End all \d+ sessions of userpass-oncall/ })
      .first()
      .click();
    await expectAccessible(page);
    await expectFits(page);
    await press(dialogOf(page), /^End all \d+ sessions$/);

    await expect(page.getByText(/sessions of userpass-oncall have ended\./)).toBeVisible();
    await expect(page.getByRole("row", { name: /userpass-oncall/ })).toHaveCount(0);
    await theirs.goto("/policies");
    await expect(theirs).toHaveURL(/\/login/);
    await theirs.context().close();
    await others.context().close();
  });

  test("an on-call operator is told what the list lacks", async ({ page, signIn }) => {
    await signIn("oncall", "/admin/sessions");
    await untilHydrated(page);

    await expect(
      page.getByText(/capability list on sys\/leasehold\/console-sessions/),
    ).toBeVisible();
  });
});

test.describe("audit devices", () => {
  test("an admin enables a file where it is allowed, tests it and disables it", async ({
    page,
    demo,
    signIn,
  }) => {
    await signIn("admin", "/admin/audit-devices");
    await untilHydrated(page);
    await expect(page.getByText("Cannot be disabled, by anybody", { exact: true })).toBeVisible();
    await press(page, "Enable audit device");
    const file = dialogOf(page).getByRole("textbox", { name: "File" });
    await file.fill("/root/audit.log");
    await press(dialogOf(page), "Enable, and write a test entry");
    await expect(dialogOf(page).getByText(/outside the folders allowed/)).toBeVisible();
    await expectAccessible(page);
    await expectFits(page);
    const path = join(demo.dataDir, "audit", "beside.log");
    await file.fill(path);
    await press(dialogOf(page), "Enable, and write a test entry");
    await expect(page.getByText("file/ is enabled and has taken a test entry.")).toBeVisible();
    expect(existsSync(path)).toBe(true);

    await press(page, "Test file/");
    await press(dialogOf(page), "Write a test entry");
    const told = page.getByText(/file\/ took the test entry [0-9a-f-]+\./);
    await expect(told).toBeVisible();
    const [id = "none"] = /[0-9a-f]{8}-[0-9a-f-]+/.exec((await told.textContent()) ?? "") ?? [];
    expect(readFileSync(path, "utf8")).toContain(id);
    await expectAccessible(page);

    await press(page, "Disable file/");
    await dialogOf(page).getByRole("textbox", { name: "Name of the device" }).fill("file");
    await press(dialogOf(page), "Disable file/");
    await expect(
      page.getByText("file/ is disabled: nothing is written to it any more."),
    ).toBeVisible();
    expect((await demo.api("GET sys/audit")).body["data"]).toEqual({});
  });

  test("an auditor sees the devices, and is told what enabling one lacks", async ({
    page,
    signIn,
  }) => {
    await signIn("auditor", "/admin/audit-devices");
    await untilHydrated(page);
    await expect(page.getByText("Always on")).toBeVisible();
    await press(page, "Enable audit device");
    await press(dialogOf(page), "Enable, and write a test entry");

    await expect(dialogOf(page).getByText(/capability update on sys\/audit\/file/)).toBeVisible();
  });

  test("an on-call operator sees how devices do, not which there are", async ({ page, signIn }) => {
    await signIn("oncall", "/admin/audit-devices");
    await untilHydrated(page);

    await expect(page.getByText(/capability read on sys\/audit\b/)).toBeVisible();
    await expect(page.getByText("Always on")).toBeVisible();
  });
});

test.describe("health", () => {
  for (const who of ["admin", "oncall", "auditor"] as const) {
    test(`${who} sees each figure with what is normal`, async ({ page, signIn }) => {
      await signIn(who, "/admin/health");
      await untilHydrated(page);

      const latency = page.getByRole("row", { name: /^Database latency/ });
      await expect(latency.getByText("under 20 ms")).toBeVisible();
      await expect(page.getByText("answers you")).toBeVisible();
      await expect(page.getByText(/\/v1\/sys\/metrics\?format=prometheus/).first()).toBeVisible();
    });
  }

  test("a lease that is long due is told with what to do, without loading anew", async ({
    page,
    demo,
    signIn,
  }) => {
    await signIn("oncall", "/admin/health");
    await untilHydrated(page);
    await expectAccessible(page);
    const { body } = await demo.api("GET aws/creds/app-readonly");
    await demo.database.query(`update lease set irrevocable_at = now() where id = $1`, [
      body["lease_id"],
    ]);

    await expect(page.getByText("Leases that could not be revoked: 1")).toBeVisible({
      timeout: 15_000,
    });
    await expectAccessible(page);
    await demo.api(`PUT sys/leases/revoke-force/aws`, {});
  });
});

test.describe("mounts", () => {
  test("an admin enables, tunes, moves and disables one", async ({ page, demo, signIn }) => {
    await signIn("admin", "/admin/mounts");
    await untilHydrated(page);
    await expectAccessible(page);
    await press(page, "Enable auth method");
    const dialog = dialogOf(page);
    await dialog.getByRole("radio", { name: /^approle/ }).click();
    await dialog.getByRole("textbox", { name: "Path" }).fill("aws/below");
    await press(dialog, /^Enable approle/);
    await expect(dialog.getByText("path is already in use at aws/")).toBeVisible();
    await expectAccessible(page);
    await expectFits(page);
    await dialog.getByRole("textbox", { name: "Path" }).fill("robots");
    await press(dialog, "Enable approle at auth/robots");
    await expect(page.getByRole("heading", { name: "auth/robots/", level: 1 })).toBeVisible();

    await page.getByRole("textbox", { name: "Max TTL" }).fill("2h");
    await page.getByRole("textbox", { name: "Failures until it is locked" }).fill("3");
    await press(page, "Save settings");
    await expect(page.getByText("The settings of auth/robots/ are stored.")).toBeVisible();
    const tuned = await demo.api("GET sys/auth/robots/tune");
    expect(tuned.body["data"]).toMatchObject({ max_lease_ttl: 7200, user_lockout_threshold: 3 });
    await expectAccessible(page);

    await press(page, "Move");
    await dialogOf(page).getByRole("textbox", { name: "New path" }).fill("machines");
    await dialogOf(page).getByRole("textbox", { name: "Present path" }).fill("auth/robots");
    await expectAccessible(page);
    await press(dialogOf(page), "Move it and end what it handed out");
    await expect(page.getByRole("heading", { name: "auth/machines/", level: 1 })).toBeVisible();

    await press(page, "Disable");
    await expect(dialogOf(page).getByText("0 live tokens")).toBeVisible();
    await dialogOf(page).getByRole("textbox", { name: "Path of the mount" }).fill("auth/machines");
    await expectFits(page);
    await press(dialogOf(page), /^Disable auth\/machines\//);
    await expect(page).toHaveURL(/\/admin\/mounts$/);
    expect((await demo.api("GET sys/auth/machines")).status).toBe(400);
  });

  test("what is part of the program cannot be disabled, and says why", async ({ page, signIn }) => {
    await signIn("admin", "/admin/mounts?q=cubbyhole");
    await untilHydrated(page);
    await page.getByRole("link", { name: "cubbyhole/", exact: true }).click();

    await expect(page.getByRole("heading", { name: "cubbyhole/", level: 1 })).toBeVisible();
    await expect(
      page.getByRole("button", { name: "Disable", exact: true }),
    ).toHaveAccessibleDescription(/This mount is part of the program/);
  });

  test("an auditor reads the settings, and is told what a change lacks", async ({
    page,
    demo,
    signIn,
  }) => {
    const { body } = await demo.api("GET sys/mounts/aws");
    const { accessor } = body["data"] as { accessor: string };
    await signIn("auditor", `/admin/mounts/${accessor}`);
    await untilHydrated(page);
    await page.getByRole("textbox", { name: "Description" }).fill("mine");
    await press(page, "Save settings");

    await expect(page.getByText("The settings were not saved.")).toBeVisible();
    await expect(page.getByText(/capability update on sys\/mounts\/aws\/tune/)).toBeVisible();
    await expectAccessible(page);
  });

  test("an on-call operator sees the mounts, by the keyboard alone", async ({ page, signIn }) => {
    await signIn("oncall", "/admin/mounts");
    await untilHydrated(page);
    const link = page.getByRole("link", { name: "aws/", exact: true });
    await link.focus();
    await page.keyboard.press("Enter");

    await expect(page.getByRole("heading", { name: "aws/", level: 1 })).toBeVisible();
  });
});
