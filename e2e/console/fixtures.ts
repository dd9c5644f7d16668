import { readFileSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { type Browser, expect, type Locator, type Page, test as base } from "@playwright/test";
import { startProgram, type Program } from "@/e2e/console/program";

export type OperatorName = "admin" | "oncall" | "auditor";

/** The demo, without its fleet: accounts, mounts, roles, policies and three operators. */
export type Demo = Program & {
  rootToken: string;
  passwords: Readonly<Record<OperatorName, string>>;
  /** Calls the API, with the root token unless told otherwise. */
  api: (request: string, body?: unknown, token?: string) => Promise<ApiAnswer>;
};

export type ApiAnswer = { status: number; body: Record<string, unknown> };

/** What the browser complained about; a test empties it of what it caused on purpose. */
export type Complaints = string[];

type Fixtures = {
  /** Each test fails if its page logged an error or a warning, or broke the content policy. */
  complaints: Complaints;
  /** Signs in through the page, and waits for where that leads. */
  signIn: (who: OperatorName, next?: string) => Promise<void>;
};

export const test = base.extend<Fixtures, { demo: Demo }>({
  demo: [
    async ({}, use) => {
      const demo = await startDemo();
      await use(demo);
      await demo.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  baseURL: async ({ demo }, use) => use(demo.url),
  complaints: [
    async ({ page }, use) => {
      const complaints = listenTo(page);
      await use(complaints);
      expect(complaints, "what the browser complained about").toEqual([]);
    },
    { auto: true },
  ],
  signIn: async ({ page, demo }, use) => {
    await use(async (who, next = "/") => {
      await signIn(page, demo, who, next);
      await takenOver(page);
    });
  },
});

export { expect } from "@playwright/test";

/** @param build file of another build of the demo than that of `npm run demo`. */
export async function startDemo(build?: string): Promise<Demo> {
  const program = await startProgram(build === undefined ? "demo" : { demo: build });
  const notes = JSON.parse(readFileSync(join(program.dataDir, "demo.json"), "utf8")) as Pick<
    Demo,
    "rootToken" | "passwords"
  >;
  return {
    ...program,
    ...notes,
    api: (request, body, token = notes.rootToken) => callApi(program.url, request, body, token),
  };
}

export async function callApi(
  url: string,
  request: string,
  body: unknown,
  token: string,
): Promise<ApiAnswer> {
  const [method = "GET", path = ""] = request.split(" ");
  const response = await fetch(`${url}/v1/${path}${method === "LIST" ? "?list=true" : ""}`, {
    method: method === "LIST" ? "GET" : method,
    headers: { "x-vault-token": token },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

/** Errors, warnings and broken policies, as they come. */
export function listenTo(page: Page): Complaints {
  const complaints: Complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  return complaints;
}

export async function signIn(page: Page, demo: Demo, who: OperatorName, next = "/"): Promise<void> {
  await page.goto(`${demo.url}/login?${new URLSearchParams({ next }).toString()}`);
  await fillPassword(page, who, demo.passwords[who]);
  await page.waitForURL(`${demo.url}${next}`);
}

/** On the sign-in page: types name and password, presses the button, and waits for the verdict. */
export async function fillPassword(page: Page, username: string, password: string): Promise<void> {
  await takenOver(page);
  await page.getByRole("textbox", { name: "Username" }).fill(username);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await pressSignIn(page);
}

/** Waits until React has taken the page over: what is typed before is lost. */
export async function takenOver(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      document.readyState === "complete" && !(Symbol.for("awsui-force-mobile-mode") in globalThis),
  );
}

export async function pressSignIn(page: Page): Promise<void> {
  const verdict = page.waitForResponse((response) =>
    response.url().includes("/api/auth/callback/"),
  );
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  const answer = await verdict;
  // What was refused is taken off the page, and only then can something else be typed.
  if (!answer.ok())
    await expect(page.locator('main input[type="password"]').first()).toHaveValue("");
}

/** Why the sign-in page refused. */
export function refusalOn(page: Page): Locator {
  return page.getByRole("main").getByRole("alert");
}

/** A browser of somebody else. */
export async function newPage(browser: Browser, demo: Demo): Promise<Page> {
  const context = await browser.newContext({ baseURL: demo.url });
  return context.newPage();
}

const GRAVE = new Set(["serious", "critical"]);

/** Fails on what axe calls serious or critical, in the light and in the dark theme. */
export async function expectAccessible(page: Page): Promise<void> {
  await takenOver(page);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.waitForFunction(
      (isDark) => document.body.classList.contains("awsui-dark-mode") === isDark,
      colorScheme === "dark",
    );
    const { violations } = await new AxeBuilder({ page })
      .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
      .analyze();
    const grave = violations
      .filter(({ impact }) => GRAVE.has(impact ?? ""))
      .map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html }) => html).join("\n")}`);
    expect(grave, `${page.url()} in the ${colorScheme} theme`).toEqual([]);
  }
}
