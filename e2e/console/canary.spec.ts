import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { type Demo, expect, signIn as signInAs, takenOver, test } from "@/e2e/console/fixtures";
import { cookieFor, say } from "@/e2e/console/http";
import { startProgram } from "@/e2e/console/program";

/** All that came over the network, was said on the console or thrown, or stood in an address. */
type Heard = { answers: { what: string; text: string }[]; said: string[]; addresses: string[] };

function listenToAll(page: Page): Heard {
  const heard: Heard = { answers: [], said: [], addresses: [] };
  page.on("console", (message) => heard.said.push(message.text()));
  page.on("pageerror", (error) => heard.said.push(`${error.message} ${error.stack ?? ""}`));
  page.on("request", (request) => {
    heard.addresses.push(request.url(), request.headers()["referer"] ?? "");
  });
  page.on("response", (response) => {
    const what = `${response.request().method()} ${new URL(response.url()).pathname}`;
    const headers = JSON.stringify(response.headers());
    void response
      .text()
      .then((text) => heard.answers.push({ what, text: text + headers }))
      .catch(() => undefined);
  });
  return heard;
}

/** Whatever a page can keep beyond its own life. */
function kept(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const stores = [localStorage, sessionStorage].map((storage) =>
      JSON.stringify(Object.entries(storage)),
    );
    const parts: unknown[] = [document.cookie, history.state, await caches.keys()];
    for (const { name = "" } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => reject(new Error("not opened"));
      });
      for (const store of database.objectStoreNames) {
        parts.push(
          await new Promise((resolve) => {
            const all = database.transaction(store).objectStore(store).getAll();
            all.onsuccess = () => resolve(all.result);
          }),
        );
      }
    }
    return [...stores, JSON.stringify(parts)].join();
  });
}

function formsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  return [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    bytes.toString("hex"),
    ...[0, 1, 2].flatMap((skip) => {
      const aligned = bytes.subarray(skip, skip + 3 * Math.floor((bytes.length - skip) / 3));
      return [aligned.toString("base64"), aligned.toString("base64url")];
    }),
  ];
}

const holds = (text: string, secret: string): boolean =>
  formsOf(secret).some((form) => text.includes(form));

/** The log in the database, what the program printed, and its own files beside keys and notes. */
async function written(demo: Demo): Promise<string> {
  const { rows } = await demo.database.query<{ all: string | null }>(
    "select string_agg(e::text, E'\\n') as all from audit_entry e",
  );
  const logs = readdirSync(demo.dataDir)
    .filter((name) => name.endsWith(".log") && statSync(join(demo.dataDir, name)).isFile())
    .map((name) => readFileSync(join(demo.dataDir, name), "utf8"));
  return [rows[0]?.all ?? "", demo.output(), ...logs].join("\n");
}

test("T236 T201 an issued secret is seen once, between reveal and hide, and kept nowhere; nor is any other secret", async ({
  page,
  demo,
  context,
}) => {
  test.setTimeout(120_000);
  const heard = listenToAll(page);
  const mounts = (await demo.api("GET sys/mounts")).body["data"] as Record<
    string,
    { accessor: string }
  >;
  const issuePage = `/secrets/${mounts["aws/"]?.accessor ?? ""}/roles/app-readonly/issue`;
  await demo.api("POST sys/auth/approle", { type: "approle" });
  await demo.api("POST auth/approle/role/canary", {});
  const made = await demo.api("POST auth/approle/role/canary/secret-id", {});
  const secretId = String((made.body["data"] as Record<string, unknown>)["secret_id"]);
  await signInAs(page, demo, "admin", issuePage);
  await takenOver(page);
  await page.getByRole("button", { name: "Issue credential", exact: true }).first().click();
  await expect(page.getByRole("heading", { name: "Issued credential" })).toBeVisible();
  const masked = await page.content();
  await page.getByRole("button", { name: "Reveal once", exact: true }).first().click();
  const secrets = await page
    .locator("code", { hasText: /^[\w/+=]{30,}$/ })
    .filter({ hasNotText: /^A[SK]IA/ })
    .allInnerTexts();
  expect(secrets.length).toBeGreaterThanOrEqual(2);
  expect(secrets.filter((secret) => holds(masked, secret))).toEqual([]);

  const shownAgain: string[] = [];
  const look = async (on: Page, what: string): Promise<void> => {
    await on.waitForLoadState("networkidle");
    const everything = [await on.content(), await kept(on), on.url()].join("\n");
    if (secrets.some((secret) => holds(everything, secret))) shownAgain.push(what);
  };
  await page.evaluate(() => window.dispatchEvent(new Event("blur")));
  await expect(page.getByText("The secret was shown and is gone.")).toBeVisible();
  await look(page, "after hiding");
  const tab = await context.newPage();
  await tab.goto(`${demo.url}${issuePage}`);
  await look(tab, "in another tab");
  await tab.close();
  await page.goto(`${demo.url}/`);
  await look(page, "on another page");
  await page.goBack();
  await look(page, "after going back");
  await page.reload();
  await look(page, "after a reload");
  await page.goForward();
  await look(page, "after going forward");
  expect(shownAgain).toEqual([]);

  const others = {
    "password of the operator": demo.passwords.admin,
    "root token": demo.rootToken,
    "secret id": secretId,
  };
  const log = await written(demo);
  for (const secret of secrets) {
    const carrying = heard.answers.filter(({ text }) => holds(text, secret));
    expect(carrying.map(({ what }) => what)).toEqual([`POST ${issuePage}`]);
  }
  const welcome = [demo.passwords.admin, demo.rootToken];
  for (const [name, secret] of [...Object.entries(others), ...secrets.map((s) => ["issued", s])]) {
    if (name === undefined || secret === undefined) continue;
    // The demo prints how to sign in; that is what it is for.
    const told = welcome.includes(secret) ? log.replaceAll(demo.output(), "") : log;
    expect(holds(told, secret), `${name} in a log`).toBe(false);
    expect(holds(heard.said.join("\n"), secret), `${name} on the console`).toBe(false);
    expect(holds(heard.addresses.join("\n"), secret), `${name} in an address`).toBe(false);
    if (!secrets.includes(secret)) {
      const carrying = heard.answers.filter(({ text }) => holds(text, secret));
      expect(carrying, `${name} in an answer`).toEqual([]);
    }
  }
  const cookies = JSON.stringify(await context.cookies());
  expect([...Object.values(others), ...secrets].filter((one) => holds(cookies, one))).toEqual([]);
});

test("T201 T217 secrets of the configuration are told by no page, no handler and no log, and half a provider refuses the start", async () => {
  const secrets = {
    LEASEHOLD_ROOT_TOKEN: "canary-root-token-4f1c",
    LEASEHOLD_BOOTSTRAP_SECRET: "canary-bootstrap-secret-91ab",
    LEASEHOLD_OIDC_CLIENT_SECRET: "canary-client-secret-77de",
  };
  const provider = {
    LEASEHOLD_OIDC_ISSUER: "http://127.0.0.1:9",
    LEASEHOLD_OIDC_CLIENT_ID: "leasehold",
  };
  const half = startProgram("server", { LEASEHOLD_OIDC_ISSUER: provider.LEASEHOLD_OIDC_ISSUER });
  await expect(half).rejects.toThrow(/LEASEHOLD_OIDC_/);
  const program = await startProgram("server", { ...secrets, ...provider });
  try {
    const token = secrets.LEASEHOLD_ROOT_TOKEN;
    const { cookie } = await cookieFor(program.url, "token", { token });
    const answers = await Promise.all(
      ["/login", "/", "/api/auth/csrf", "/api/auth/signin/oidc", "/api/console/session"].flatMap(
        (path) => [say(program.url, path), say(program.url, path, { headers: { cookie } })],
      ),
    );
    const started = await say(program.url, "/api/auth/signin/oidc", {
      method: "POST",
      headers: { origin: program.url, "content-type": "application/x-www-form-urlencoded" },
      body: "csrfToken=x",
    });
    const { rows } = await program.database.query<{ all: string | null }>(
      "select string_agg(e::text, E'\\n') as all from audit_entry e",
    );
    const everything = JSON.stringify([answers, started, rows, program.output()]);

    expect(Object.entries(secrets).filter(([, secret]) => holds(everything, secret))).toEqual([]);
  } finally {
    await program.stop();
  }
});
