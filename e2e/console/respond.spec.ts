import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Demo, expect, expectAccessible, test } from "@/e2e/console/fixtures";
import { canListBuckets } from "@/lib/demo/machine";

/** As long as AWS may take until it shows what was written. */
const PROPAGATION_MS = 5_000;
const VERIFIED_MS = 30_000;
const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

type Session = { accessKeyId: string; secretAccessKey: string; sessionToken: string };

async function drawSession(demo: Demo): Promise<Session> {
  const { body } = await demo.api("GET aws/sts/app-readonly");
  const data = body["data"] as { access_key: string; secret_key: string; session_token: string };
  return {
    accessKeyId: data.access_key,
    secretAccessKey: data.secret_key,
    sessionToken: data.session_token,
  };
}

function simulatorOf(demo: Demo): string {
  const notes = JSON.parse(readFileSync(join(demo.dataDir, "demo.json"), "utf8")) as {
    simulatorPort: number;
  };
  return `http://127.0.0.1:${notes.simulatorPort}`;
}

/** What IAM is told counts only after a while, as at AWS. */
async function slowIam(demo: Demo): Promise<void> {
  const rules = [
    { effect: "consistency", ms: PROPAGATION_MS, service: "iam", action: "PutRolePolicy" },
  ];
  const answer = await fetch(`${simulatorOf(demo)}/_simulator/faults`, {
    method: "POST",
    body: JSON.stringify({ rules }),
  });
  expect(answer.ok).toBe(true);
}

test("from a pasted session key to a stop that is verified, while another session of the role goes on", async ({
  page,
  demo,
  signIn,
}) => {
  await demo.api("PUT aws/config/revocation", { mode: "deny_session" });
  await slowIam(demo);
  const [leaked, other] = [await drawSession(demo), await drawSession(demo)];
  await signIn("oncall", "/respond");

  // One: paste. Two: stop.
  await page.getByRole("textbox", { name: "What leaked" }).fill(leaked.accessKeyId);
  await page.getByRole("button", { name: "Stop: Deny this session at AWS" }).click();

  await expect(page.getByText("Denied at AWS; waiting until AWS shows it")).toBeVisible();
  await expect(page.getByText("Stopped, and verified at AWS")).toBeVisible({
    timeout: VERIFIED_MS,
  });
  expect(await canListBuckets(simulatorOf(demo), leaked)).toBe(false);
  expect(await canListBuckets(simulatorOf(demo), other)).toBe(true);
  await expect(page).toHaveURL(new RegExp(`q=${leaked.accessKeyId}$`));
  await expectAccessible(page);
});

test("identifiers are picked out of what was pasted, and its secrets leave the window by no way", async ({
  page,
  demo,
  signIn,
}) => {
  const session = await drawSession(demo);
  await signIn("oncall", "/respond");
  const sent: string[] = [];
  page.on("request", (request) => sent.push(`${request.url()} ${request.postData() ?? ""}`));
  await page
    .getByRole("textbox", { name: "What leaked" })
    .fill(`AWS_ACCESS_KEY_ID=${session.accessKeyId}\nAWS_SECRET_ACCESS_KEY=${SECRET}`);
  await expect(page.getByRole("heading", { name: session.accessKeyId })).toBeVisible();
  await expect(page.getByText("A secret was pasted")).toBeVisible();
  expect(sent.join("\n")).toContain(session.accessKeyId);
  expect(sent.join("\n")).not.toContain(SECRET.slice(0, 20));
  expect(await page.content()).not.toContain(SECRET.slice(0, 20));
});

test("a principal is frozen and let go", async ({ page, demo, signIn }) => {
  const arn = "arn:aws:iam::111122223333:role/nobody-logs-in-as-this";
  await signIn("oncall", "/respond");
  await page.getByRole("textbox", { name: "What leaked" }).fill(arn);
  await page.getByRole("button", { name: "Freeze this principal" }).click();
  const dialog = page.getByRole("dialog", { name: "Freeze" });
  await dialog.getByRole("textbox", { name: "Message" }).fill("ask on-call");
  await dialog.getByRole("textbox", { name: "Reason" }).fill("seen in a paste");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Freeze" }).click();
  const row = page.getByRole("row", { name: /nobody-logs-in-as-this/ });
  await expect(row.getByText("In force")).toBeVisible();
  const { body } = await demo.api("GET sys/leasehold/freezes");
  expect(JSON.stringify(body)).toContain("seen in a paste");
  await row.getByRole("button", { name: `End the freeze of ${arn}` }).click();
  await expect(page.getByText("Nobody is frozen.")).toBeVisible();
});
