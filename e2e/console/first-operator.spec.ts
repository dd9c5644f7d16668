import { test } from "@playwright/test";
import { expect, expectAccessible, listenTo } from "@/e2e/console/fixtures";
import { say } from "@/e2e/console/http";
import { startProgram } from "@/e2e/console/program";

test("a new installation lets whoever reads its terminal create the first operator, once", async ({
  page,
}) => {
  const program = await startProgram("server");
  try {
    const codeIn = (text: string) => /[A-Z0-9]{5}(?:-[A-Z0-9]{5}){3}/.exec(text)?.[0] ?? "";
    await expect.poll(() => codeIn(program.output())).not.toBe("");
    const code = codeIn(program.output());
    const complaints = listenTo(page);
    await page.goto(`${program.url}/`);
    await page.getByRole("link", { name: "Create the first operator" }).click();
    await expect(page).toHaveURL(`${program.url}/setup`);
    await expectAccessible(page);
    const fill = async (given: string) => {
      await page.getByRole("textbox", { name: "Code" }).fill(given);
      await page.getByRole("textbox", { name: "Username" }).fill("ada");
      await page.getByRole("textbox", { name: "Password", exact: true }).fill("correct horse");
      await page.getByRole("textbox", { name: "Password again" }).fill("correct horse");
      await page.getByRole("button", { name: "Create and sign in" }).click();
    };

    await fill("AAAAA-AAAAA-AAAAA-AAAAA");
    await expect(page.getByRole("main").getByRole("alert")).toContainText(
      "not, or no longer, good",
    );
    await fill(code);

    await expect(page.getByRole("button", { name: "userpass-ada" })).toBeVisible();
    await page.goto(`${program.url}/setup`);
    await expect(page).toHaveURL(`${program.url}/`);
    const again = await say(program.url, "/api/console/set-up", {
      method: "POST",
      headers: { origin: program.url, "content-type": "application/json" },
      body: JSON.stringify({ code, username: "eve", password: "correct horse" }),
    });
    expect(again.status).toBe(400);
    expect(complaints.filter((text) => !text.includes("status of 400"))).toEqual([]);
  } finally {
    await program.stop();
  }
});
