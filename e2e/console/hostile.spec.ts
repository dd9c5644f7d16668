import { type Demo, expect, test } from "@/e2e/console/fixtures";
import { cookieFor, say } from "@/e2e/console/http";
import { type Facts, PAGES, present, ROUTES } from "@/e2e/console/permission-table";

/** Each sets `owned` where it is run instead of shown. */
const CORPUS = [
  `<img src=x onerror="owned=1">`,
  `</script><script>owned=1</script>`,
  `"><svg/onload=owned=1>`,
  `javascript:owned=1//`,
  `{{constructor.constructor('owned=1')()}}`,
  `<style>@import'//evil.example'</style><base href=//evil.example>`,
  `‮⁦‏ <iframe srcdoc="<script>parent.owned=1</script>">`,
];
const TEXT = CORPUS.join(" ");

type Data = Record<string, unknown>;
const dataOf = (body: Data): Data => body["data"] as Data;

/** Puts the corpus wherever a text of somebody's is stored. */
async function poison(demo: Demo): Promise<Facts> {
  const { api } = demo;
  await api("POST sys/mounts/hostile", { type: "aws", description: TEXT });
  await api("POST sys/auth/hostile", { type: "aws", description: TEXT });
  await api("POST sys/auth/hostile-users", { type: "userpass", description: TEXT });
  const policy = `# ${CORPUS.join("\n# ")}\npath "${TEXT.replaceAll('"', "'")}" { capabilities = ["read"] }`;
  await api("POST sys/policies/acl/hostile", { policy });
  await api(`POST sys/policies/acl/${encodeURIComponent("<img src=x onerror=owned=1>")}`, {
    policy,
  });
  await api("PUT sys/audit/hostile", {
    type: "file",
    description: TEXT,
    options: { file_path: "discard" },
  });
  await api("POST aws/roles/hostile", {
    credential_type: "assumed_role",
    role_arns: "arn:aws:iam::111122223333:role/<img src=x onerror=owned=1>",
    external_id: CORPUS[0],
    session_tags: { [CORPUS[2] ?? ""]: CORPUS[0] },
  });
  const made = await api("POST auth/token/create", {
    display_name: TEXT.slice(0, 200),
    meta: Object.fromEntries(CORPUS.map((text, index) => [`m${index}`, text])),
    policies: ["default", "<img src=x onerror=owned=1>"],
  });
  const auth = made.body["auth"] as Data;
  for (const text of CORPUS) {
    await api(`GET cubbyhole/${encodeURIComponent(text)}`, undefined, String(auth["client_token"]));
    await api("POST auth/userpass/login/nobody", { password: text }, text.replace(/[^ -~]/g, ""));
  }
  await api("POST sys/leasehold/views", { page: "audit", name: TEXT.slice(0, 90), query: "" });
  const name = encodeURIComponent("<img src=x onerror=owned=1>");
  await api(`POST auth/userpass/users/${name}`, { password: "a-long-password" });
  const drawn = await api("GET aws/creds/app-deploy?role_session_name=hostile");
  const listOf = async (list: string, path: string): Promise<string> =>
    String((dataOf((await api(`GET ${list}`)).body)[path] as Data)["accessor"]);
  const { rows } = await demo.database.query<{ id: string }>(
    "select request_id::text as id from audit_entry where path like '%owned%' limit 1",
  );
  return {
    secrets: await listOf("sys/mounts", "hostile/"),
    auth: await listOf("sys/auth", "hostile/"),
    users: await listOf("sys/auth", "userpass/"),
    lease: String(drawn.body["lease_id"]),
    token: String(auth["accessor"]),
    entry: rows[0]?.id ?? "",
  };
}

test("T227 T198 texts that were chosen to do harm are shown as texts on every page", async ({
  page,
  demo,
  signIn,
  complaints,
}) => {
  test.setTimeout(180_000);
  const facts = await poison(demo);
  const foreign: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(demo.url) && !request.url().startsWith("data:")) {
      foreign.push(request.url());
    }
  });
  page.on("dialog", () => foreign.push("a dialog"));
  await signIn("admin");
  const encoded = encodeURIComponent(TEXT);
  const extra = [
    `/policies/${encodeURIComponent("<img src=x onerror=owned=1>")}`,
    "/policies/hostile",
    `/leases?q=${encoded}`,
    `/tokens?q=${encoded}`,
    `/audit?q=${encoded}&path=${encoded}`,
    `/policies?q=${encoded}`,
    `/secrets?q=${encoded}`,
  ].filter((path) => present("page.tsx").some((known) => path.startsWith(known)));
  const paths = present("page.tsx").map((known) => PAGES[known]?.at(facts) ?? known);

  for (const path of [...paths, ...extra]) {
    await page.goto(path);
    await page.waitForLoadState("networkidle");
    expect(await page.evaluate(() => "owned" in window), path).toBe(false);
    expect(await page.locator("iframe, base, object, embed, main img[src='x']").count(), path).toBe(
      0,
    );
    const links = await page
      .locator("a[href]")
      .evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
    expect(
      links.filter(
        (href) =>
          !/^(?:\/(?!\/)|#|data:application\/x-pem-file,|\?|https:\/\/|http:\/\/127)/.test(href) &&
          href !== "",
      ),
      path,
    ).toEqual([]);
  }
  expect(foreign).toEqual([]);
  // Pages of objects that are not there are answered so, which the browser mentions.
  const own = complaints.filter((text) =>
    /Content Security Policy|script|unsafe|refused/i.test(text),
  );
  expect(own).toEqual([]);
  complaints.length = 0;
});

test("T235 objects and lists where texts belong, and pieces of SQL, are refused or find nothing", async ({
  demo,
}) => {
  const { cookie } = await cookieFor(demo.url, "userpass", {
    mount: "userpass",
    username: "admin",
    password: demo.passwords.admin,
  });
  const names = [
    "cursor",
    "q",
    "state",
    "sort",
    "mount",
    "limit",
    "id",
    "path",
    "accessor",
    "text",
  ];
  const queries = names.flatMap((name) => [
    `?${name}[$ne]=1`,
    `?${name}=a&${name}=b`,
    `?${name}=${encodeURIComponent("'; drop table token; --")}`,
    `?${name}=${encodeURIComponent("1) or (1=1")}`,
    `?${name}=%00`,
    `?${name}=${encodeURIComponent('{"$gt":""}')}`,
  ]);
  const before = await demo.database.query("select count(*) from token");

  for (const route of present("route.ts").filter((known) => known in ROUTES)) {
    for (const query of queries) {
      const { status, body } = await say(demo.url, `${route}${query}`, { headers: { cookie } });
      expect.soft(status, `${route}${query}: ${body.slice(0, 200)}`).toBeLessThan(500);
    }
  }
  const after = await demo.database.query("select count(*) from token");
  expect(after.rows).toEqual(before.rows);
});
