import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { type Demo, expect, expectAccessible, test } from "@/e2e/console/fixtures";
import { untilHydrated } from "@/e2e/console/hydrated";

function press(page: Page, name: string): Promise<void> {
  return page.getByRole("button", { name, exact: true }).click();
}

/** Draws a credential and answers what the log has hashed of it. */
async function drawSecret(demo: Demo): Promise<string> {
  const { body } = await demo.api("GET aws/creds/app-readonly");
  const { secret_key: key } = body["data"] as { secret_key: string };
  return key;
}

async function entriesOf(demo: Demo, query: string): Promise<Record<string, unknown>[]> {
  const { body } = await demo.api(`GET sys/leasehold/audit?${query}`);
  return (body["data"] as { entries: Record<string, unknown>[] }).entries;
}

/** Files of a ZIP archive, by the directory at its end. */
function filesIn(archive: Buffer): Record<string, string> {
  const end = archive.lastIndexOf(Buffer.from("PK\u0005\u0006", "latin1"));
  let at = archive.readUInt32LE(end + 16);
  const files: Record<string, string> = {};
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    const nameLength = archive.readUInt16LE(at + 28);
    const start = archive.readUInt32LE(at + 42);
    const from = start + 30 + archive.readUInt16LE(start + 26);
    const packed = archive.subarray(from, from + archive.readUInt32LE(at + 20));
    const name = archive.toString("utf8", at + 46, at + 46 + nameLength);
    files[name] = inflateRawSync(packed).toString();
    at += 46 + nameLength;
  }
  return files;
}

for (const who of ["admin", "auditor", "oncall"] as const) {
  test(`${who} reads the log, opens an entry and sees what proves it`, async ({
    page,
    demo,
    signIn,
  }) => {
    await drawSecret(demo);
    await signIn(who, "/audit?path=aws%2Fcreds%2F");
    await untilHydrated(page);
    await expect(page.getByText("Counted by the server over all entries")).toBeVisible();
    await expectAccessible(page);

    await page.getByRole("link", { name: "aws/creds/app-readonly", exact: true }).first().click();

    await expect(page).toHaveURL(/event=/);
    await expect(page.getByText("Allowed when it was asked, by")).toBeVisible();
    await expect(page.getByText("Hash of the batch").first()).toBeVisible();
    await expect(page.getByText(/The rule that decides now/)).toBeVisible();
    await expectAccessible(page);
  });
}

test("a value is asked for and left out from the panel, and going back undoes it", async ({
  page,
  demo,
  signIn,
}) => {
  await drawSecret(demo);
  await demo.api("GET aws/roles/app-readonly");
  await signIn("auditor", "/audit?path=aws%2F");
  await untilHydrated(page);
  await page.getByRole("link", { name: "aws/creds/app-readonly", exact: true }).first().click();

  await press(page, "Filter by path");
  await page.getByRole("menuitem", { name: "Not this" }).click();
  await expect(page).toHaveURL(/not_path=aws%2Fcreds%2Fapp-readonly/);
  await expect(page.getByRole("link", { name: "aws/creds/app-readonly", exact: true })).toHaveCount(
    0,
  );

  await press(page, "Filter by path");
  await page.getByRole("menuitem", { name: "Only this" }).click();
  await expect(page).toHaveURL(/[?&]path=aws%2Fcreds%2Fapp-readonly/);
  await expect(
    page.getByRole("link", { name: "aws/creds/app-readonly", exact: true }).first(),
  ).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(/not_path=aws%2Fcreds%2Fapp-readonly/);
});

test("pages go on and back through the whole filter", async ({ page, demo, signIn }) => {
  for (let asked = 0; asked < 60; asked += 1) await demo.api("GET sys/policies/acl/default");
  await signIn("auditor", "/audit?path=sys%2Fpolicies%2Facl%2Fdefault&sort=time");
  await untilHydrated(page);
  const firstRow = page.getByRole("row").nth(1);
  const first = await firstRow.textContent();

  await press(page, "Next page");
  await expect(page).toHaveURL(/cursor=/);
  await expect(firstRow).not.toHaveText(first ?? "");
  await press(page, "Previous page");
  await expect(page).toHaveURL(/before=/);
  await expect(page.getByRole("button", { name: "Previous page" })).toBeDisabled();
});

test("a filter is saved, opened and deleted, and a shared one is there for others", async ({
  page,
  demo,
  signIn,
}) => {
  await demo.api("POST sys/leasehold/views", {
    page: "audit",
    name: "Denied today",
    query: "outcome=denied",
    shared: true,
  });
  await signIn("auditor", "/audit?operation=update");
  await untilHydrated(page);
  await press(page, "Views");
  await page.getByRole("menuitem", { name: "Save as a view" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Changes");
  await expectAccessible(page);
  await press(page, "Save view");
  await expect(page.getByText("View Changes is saved.")).toBeVisible();

  await press(page, "Views");
  await page.getByRole("menuitem", { name: "Denied today" }).click();
  await expect(page).toHaveURL(/\?outcome=denied$/);
  await press(page, "Views");
  await page.getByRole("menuitem", { name: "Changes" }).click();
  await expect(page).toHaveURL(/\?operation=update$/);

  await press(page, "Views");
  await page.getByRole("menuitem", { name: "Delete a view" }).click();
  await press(page, "Delete view");
  await expect(page.getByText("View Changes is deleted.")).toBeVisible();
});

test("a value is compared by its hash and stands nowhere in clear", async ({
  page,
  demo,
  signIn,
}) => {
  const secret = await drawSecret(demo);
  await drawSecret(demo);
  await signIn("auditor", "/audit");
  await untilHydrated(page);
  await press(page, "Compare with…");
  await page.getByLabel("Value", { exact: true }).fill(secret);
  await expectAccessible(page);
  await press(page, "Find entries with it");

  await expect(page).toHaveURL(/hash=hmac-sha256/);
  expect(page.url()).not.toContain(encodeURIComponent(secret));
  const found = page.getByRole("link", { name: "aws/creds/app-readonly", exact: true });
  await expect(found).toHaveCount(1);
  await found.click();
  await expect(page.getByText("response.data.secret_key")).toBeVisible();
  expect(await page.content()).not.toContain(secret);
  const { rows } = await demo.database.query(
    "select 1 from audit_entry where strpos(entry::text, $1) > 0",
    [secret],
  );
  expect(rows).toEqual([]);
});

for (const format of ["JSONL", "CSV"] as const) {
  test(`the export as ${format} is exactly the filtered set, as its manifest says`, async ({
    page,
    demo,
    signIn,
  }) => {
    await drawSecret(demo);
    const expected = await entriesOf(demo, "path=aws/creds/&sort=time&limit=500");
    await signIn("auditor", "/audit?path=aws%2Fcreds%2F");
    await untilHydrated(page);
    await press(page, "Export");
    await page.getByRole("radio", { name: format }).check();
    await expectAccessible(page);
    const downloading = page.waitForEvent("download");
    await page.getByRole("link", { name: `Download as ${format}` }).click();
    const download = await downloading;
    const files = filesIn(readFileSync(await download.path()));

    const content = files[`audit.${format.toLowerCase()}`] ?? "";
    const lines = content.trimEnd().split("\n");
    const ids =
      format === "JSONL"
        ? lines.map((line) => (JSON.parse(line) as { request_id: string }).request_id)
        : lines.slice(1).map((line) => line.split(",")[6]);
    expect(ids).toEqual(expected.map((entry) => entry["request_id"]));
    const manifest = JSON.parse(files["manifest.json"] ?? "") as Record<string, unknown>;
    expect(manifest).toMatchObject({
      count: expected.length,
      first: { seq: expected[0]?.["seq"] },
      last: { seq: expected.at(-1)?.["seq"] },
      filter: { path: ["aws/creds/"] },
      sha256: createHash("sha256").update(content).digest("hex"),
    });
    const [own] = await entriesOf(demo, "path=sys/leasehold/audit/export&limit=1");
    expect(own).toMatchObject({ outcome: "success" });
  });
}

test("hostile texts are shown as texts", async ({ page, demo, signIn }) => {
  const hostile = "<img src=x onerror=alert(1)>\u202eevil\u200b";
  const { body } = await demo.api("POST auth/token/create", {
    policies: ["default"],
    display_name: `a\n${hostile}`,
  });
  const { client_token: token } = body["auth"] as { client_token: string };
  await fetch(`${demo.url}/v1/aws/creds/${encodeURIComponent("<img src=x onerror=alert(1)>")}`, {
    headers: { "x-vault-token": token, "user-agent": "<script>alert(2)</script>" },
  });
  await signIn("auditor", "/audit?outcome=denied&path=aws%2Fcreds%2F");
  await untilHydrated(page);

  await page.getByRole("link", { name: /<img/ }).first().click();

  await expect(page.getByText("<script>alert(2)</script>", { exact: true })).toBeVisible();
  expect(await page.locator('img[src="x"]').count()).toBe(0);
  expect(await page.locator("main").innerText()).not.toMatch(/[\u202e\u200b]/);
});

test("a filter that finds nothing loses its last condition", async ({ page, signIn }) => {
  await signIn("oncall", "/audit?outcome=success&path=nowhere%2F");
  await untilHydrated(page);
  await expect(page.getByText("No entry matches the filter in this range")).toBeVisible();
  await press(page, "Remove last filter");
  await expect(page).toHaveURL(/\/audit\?outcome=success$/);
});

test("a phone has one column and no sideways scrolling", async ({ page, signIn }) => {
  await page.setViewportSize({ width: 320, height: 700 });
  await signIn("auditor", "/audit");
  await untilHydrated(page);
  await expect(page.getByRole("columnheader", { name: "Entry", exact: true })).toBeVisible();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(320);
  await expectAccessible(page);
});

test("whoever may not read the log is told what is missing", async ({
  page,
  demo,
  signIn,
  complaints,
}) => {
  const { body } = await demo.api("GET sys/policies/acl/auditor");
  const { policy } = body["data"] as { policy: string };
  await demo.api("PUT sys/policies/acl/auditor", {
    policy: 'path "none" { capabilities = ["read"] }',
  });
  try {
    await signIn("auditor", "/audit");
    await untilHydrated(page);
    await expect(page.getByText("The audit log is not shown.")).toBeVisible();
    await expect(page.getByText(/capability read on sys\/leasehold\/audit/)).toBeVisible();
    await expectAccessible(page);
    // What the frame of every page asks for is refused as well.
    expect(complaints.filter((text) => !text.includes("status of 403"))).toEqual([]);
  } finally {
    complaints.length = 0;
    await demo.api("PUT sys/policies/acl/auditor", { policy });
  }
});
