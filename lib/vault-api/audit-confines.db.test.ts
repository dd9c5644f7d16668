import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Instance } from "@/lib/testing/instance";
import { dataOf, errorOf, newWorld, type Said, type World } from "@/lib/testing/world";

let world: World;
/** One that allows files below `allowed` alone, and nothing else. */
let confined: Instance;
let place: string;
let allowed: string;

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), "audit-confines-"));
  allowed = join(place, "allowed");
  for (const folder of [allowed, join(place, "allowed-not"), join(place, "outside")]) {
    mkdirSync(folder);
  }
  symlinkSync(join(place, "outside"), join(allowed, "linked"));
  symlinkSync(join(place, "outside", "file.log"), join(allowed, "link.log"));
  symlinkSync(join(place, "nowhere"), join(allowed, "dangling"));
  execFileSync("mkfifo", [join(allowed, "pipe")]);
  world = await newWorld();
  confined = await world.secondInstance({ LEASEHOLD_AUDIT_DIRS: allowed });
});

afterAll(async () => {
  await world.close();
  rmSync(place, { recursive: true });
});

function enable(type: string, options: Record<string, string>, on = confined): Promise<Said> {
  return on.ask("PUT sys/audit/tried", { type, options });
}

const loggedAttempts = () =>
  world.countRows("audit_entry", "path = 'sys/audit/tried' and status = 400");

describe("T197 root itself enables no device", () => {
  test.each([
    ["outside the folders", () => join(place, "outside", "a.log")],
    ["beside a folder, under a name that begins alike", () => join(place, "allowed-not", "a.log")],
    ["outside by dot segments", () => `${allowed}/../outside/a.log`],
    ["outside by dot segments below a new folder", () => `${allowed}/new/../../outside/a.log`],
    ["in place of a folder itself", () => allowed],
    ["through a folder that is a link", () => join(allowed, "linked", "a.log")],
    ["in a new folder behind a link", () => join(allowed, "linked", "new", "a.log")],
    ["that is a link", () => join(allowed, "link.log")],
    ["through a link to nowhere", () => join(allowed, "dangling", "a.log")],
    ["that is a pipe", () => join(allowed, "pipe")],
    ["by a relative path", () => "allowed/a.log"],
    ["with a NUL in its path", () => `${allowed}/a.log\0.txt`],
    ["that is a device of the machine", () => "/dev/null"],
    ["in the process table", () => "/proc/self/fd/1"],
  ])("to a file %s", async (_name, path) => {
    const before = await loggedAttempts();

    const said = await enable("file", { file_path: path() });

    expect([said.status, errorOf(said)]).toEqual([400, expect.stringMatching(/audit backend/)]);
    expect(await loggedAttempts()).toBe(before + 1);
    expect(readdirSync(join(place, "outside"))).toEqual([]);
    expect(dataOf(await world.ask("GET sys/audit"))).toEqual({});
  });

  test.each([
    ["with a prefix", "file", { prefix: "#!/bin/sh\n" }],
    ["that may be run", "file", { mode: "0755" }],
    ["that may be run by others", "file", { mode: "0601" }],
    ["with a mode that is none", "file", { mode: "u+x" }],
    ["that shows secrets", "file", { log_raw: "true" }],
    ["that shows secrets, spelt otherwise", "file", { log_raw: "T" }],
    ["to an address of the network within", "socket", { address: "169.254.169.254:80" }],
    ["to loopback", "socket", { address: "127.0.0.1:5432", socket_type: "tcp" }],
    ["to loopback by UDP", "socket", { address: "127.0.0.1:53", socket_type: "udp" }],
    ["to a socket of the machine", "socket", { address: "/run/x.sock", socket_type: "unix" }],
    ["of another kind", "exec", { command: "sh" }],
  ])("%s", async (_name, type, options) => {
    const before = await loggedAttempts();

    const said = await enable(type, {
      ...(type === "file" && { file_path: join(allowed, "a.log") }),
      ...options,
    });

    expect(said.status).toBe(400);
    expect(await loggedAttempts()).toBe(before + 1);
    expect(readdirSync(allowed)).not.toContain("a.log");
  });
});

test("T197 what the start-up settings name is allowed, and nothing beside it", async () => {
  const received: string[] = [];
  const server = createServer((socket) => socket.on("data", (data) => received.push(String(data))));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  const address = `127.0.0.1:${typeof bound === "object" ? bound?.port : ""}`;
  const open = await world.secondInstance({
    LEASEHOLD_AUDIT_HOSTS: address,
    LEASEHOLD_AUDIT_RAW: "on",
  });

  const enabled = await enable("socket", { address, log_raw: "true" }, open);
  const other = await open.ask("PUT sys/audit/other", {
    type: "socket",
    options: { address: "127.0.0.1:1" },
  });
  await open.ask("PUT sys/policies/acl/seen-in-clear", { policy: "" });
  await expect.poll(() => received.join("")).toContain("seen-in-clear");
  const elsewhere = received.join("").length;
  await confined.ask("PUT sys/policies/acl/unseen", { policy: "" });

  expect([enabled.status, other.status]).toEqual([204, 400]);
  // A process that was started without leave writes nothing there, whoever enabled the device.
  expect(received.join("").slice(elsewhere)).not.toContain("unseen");
  expect((await open.ask("DELETE sys/audit/tried")).status).toBe(204);
  await new Promise((resolve) => server.close(resolve));
});

test("T197 with every device disabled the built-in log goes on, and tells that they were", async () => {
  for (const name of ["one", "two"]) {
    const options = { file_path: join(allowed, `${name}.log`) };
    expect((await confined.ask(`PUT sys/audit/${name}`, { type: "file", options })).status).toBe(
      204,
    );
  }
  for (const name of ["one", "two", "builtin", "audit_entry"]) {
    expect((await confined.ask(`DELETE sys/audit/${name}`)).status).toBe(204);
  }
  const written = readFileSync(join(allowed, "one.log"), "utf8");

  await confined.ask("PUT sys/policies/acl/after-all", { policy: "" });

  expect(await world.countRows("audit_entry", "path = 'sys/policies/acl/after-all'")).toBe(1);
  expect(
    await world.countRows(
      "audit_entry",
      "path in ('sys/audit/one', 'sys/audit/two', 'sys/audit/builtin') and operation = 'delete'",
    ),
  ).toBe(3);
  expect(readFileSync(join(allowed, "one.log"), "utf8")).toBe(written);
});
