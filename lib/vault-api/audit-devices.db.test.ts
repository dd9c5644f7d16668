import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Instance } from "@/lib/testing/instance";
import { dataOf, newWorld, type World } from "@/lib/testing/world";

let world: World;
let instance: Instance;
let folder: string;
let sink: Receiver;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "audit-devices-"));
  sink = await startReceiver();
  world = await newWorld();
  instance = await world.secondInstance({
    LEASEHOLD_AUDIT_DIRS: folder,
    LEASEHOLD_AUDIT_HOSTS: sink.address,
  });
});

afterAll(async () => {
  await world.close();
  await sink.stop();
  rmSync(folder, { recursive: true });
});

type Receiver = {
  address: string;
  text(): string;
  hold(): void;
  go(): void;
  stop(): Promise<void>;
};

/** Takes lines, or lets them lie in the socket's buffers. */
async function startReceiver(): Promise<Receiver> {
  const sockets = new Set<Socket>();
  let text = "";
  let held = false;
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (data) => (text += data.toString()));
    if (held) socket.pause();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("no port");
  return {
    address: `127.0.0.1:${bound.port}`,
    text: () => text,
    hold: () => {
      held = true;
      for (const socket of sockets) socket.pause();
    },
    go: () => {
      held = false;
      for (const socket of sockets) socket.resume();
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Line = { type: string; request: { id: string; path: string } };

function linesOf(text: string): Line[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
}

/** Paths of the requests whose answers a file tells, in its order, without repeats. */
function pathsIn(file: string): string[] {
  const answers = linesOf(existsSync(file) ? readFileSync(file, "utf8") : "").filter(
    ({ type, request }) => type === "response" && request.path.startsWith("cubbyhole/"),
  );
  return [...new Map(answers.map(({ request }) => [request.id, request.path])).values()];
}

async function put(from: number, to: number): Promise<string[]> {
  const paths = Array.from({ length: to - from }, (_, index) => `cubbyhole/${from + index}`);
  for (const path of paths) {
    expect((await instance.ask(`PUT ${path}`, { v: 1 })).status).toBe(204);
  }
  return paths;
}

async function device(path: string): Promise<Record<string, unknown>> {
  const data = dataOf(await instance.ask("GET sys/leasehold/health"));
  const { devices } = data["audit"] as { devices: Record<string, unknown>[] };
  return devices.find((one) => one["path"] === path) ?? {};
}

describe("a file", () => {
  let file: string;

  beforeEach(async () => {
    file = join(mkdtempSync(join(folder, "file-")), "audit.log");
    const options = { file_path: file };
    expect((await instance.ask("PUT sys/audit/file", { type: "file", options })).status).toBe(204);
  });

  afterEach(async () => {
    expect((await instance.ask("DELETE sys/audit/file")).status).toBe(204);
  });

  test("T195 that was moved away or removed is made anew, and misses nothing", async () => {
    const first = await put(0, 3);
    renameSync(file, `${file}.1`);
    const second = await put(3, 6);
    rmSync(file);
    const third = await put(6, 9);

    expect(pathsIn(`${file}.1`)).toEqual(first);
    expect(second).toHaveLength(3);
    expect(pathsIn(file)).toEqual(third);
  });

  test("T195 that was replaced by a link is not followed; it is given what it missed later", async () => {
    await put(0, 1);
    rmSync(file);
    symlinkSync(join(folder, "elsewhere.log"), file);

    const missed = await put(1, 6);

    expect(existsSync(join(folder, "elsewhere.log"))).toBe(false);
    expect(await device("file/")).toMatchObject({ failing_since: expect.any(String) as string });
    expect(instance.log.join("")).toContain("the audit device file/ failed");
    rmSync(file);
    await expect.poll(() => pathsIn(file), { timeout: 15_000 }).toEqual(missed);
    expect(await device("file/")).toMatchObject({ failing_since: null, lost: 0 });
  });

  test("T195 whose folder is gone is made with it, and the mode that it was given holds", async () => {
    await put(0, 1);
    rmSync(join(file, ".."), { recursive: true });
    mkdirSync(join(file, ".."));
    chmodSync(join(file, ".."), 0o700);

    expect(await put(1, 3)).toEqual(pathsIn(file));
  });

  test("T189 shows a token as what only sudo is told for it", async () => {
    const { token } = await world.newToken();
    await instance.ask("GET auth/token/lookup-self", undefined, token);
    const asked = await instance.ask("PUT sys/audit-hash/file", { input: token });
    const refused = await instance.ask("PUT sys/audit-hash/file", { input: token }, token);

    const hash = String(dataOf(asked)["hash"]);
    expect(hash).toMatch(/^hmac-sha256:[0-9a-f]{64}$/);
    expect(readFileSync(file, "utf8")).toContain(`"client_token":"${hash}"`);
    expect(refused.status).toBe(403);
  });
});

describe("T194 devices that fail, with the built-in log well,", () => {
  const BIG = "x".repeat(200_000);

  afterEach(async () => {
    sink.go();
    for (const name of ["hung", "gone", "well"]) await instance.ask(`DELETE sys/audit/${name}`);
  });

  test("hold nobody up when they hang, and are given all in order when they wake", async () => {
    const options = { address: sink.address };
    expect((await instance.ask("PUT sys/audit/hung", { type: "socket", options })).status).toBe(
      204,
    );
    sink.hold();
    // Paths are told in clear: these fill the buffers of both ends.
    const sent = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        instance.send(`PUT cubbyhole/${index}`, {
          body: { v: 1 },
          headers: { "user-agent": `${index} ${BIG}` },
        }),
      ),
    );
    expect(new Set(sent.map(({ status }) => status))).toEqual(new Set([204]));
    const began = performance.now();
    const paths = await put(100, 130);
    const elapsed = performance.now() - began;

    // Each would wait for a quarter of a second otherwise.
    expect(elapsed).toBeLessThan(2_500);
    expect((await device("hung/"))["waiting"]).toBeGreaterThan(0);
    sink.go();
    const answers = () =>
      linesOf(sink.text().slice(0, sink.text().lastIndexOf("\n") + 1))
        .filter(({ type }) => type === "response")
        .map(({ request }) => request.path)
        .filter((path) => paths.includes(path));
    await expect.poll(() => [...new Set(answers())], { timeout: 20_000 }).toEqual(paths);
    expect(await device("hung/")).toMatchObject({ lost: 0 });
  });

  test("leave the others as they are, and can be disabled", async () => {
    const gone = join(folder, "gone", "audit.log");
    const well = join(folder, "well", "audit.log");
    for (const [name, path] of [
      ["gone", gone],
      ["well", well],
    ]) {
      const options = { file_path: path };
      await instance.ask(`PUT sys/audit/${String(name)}`, { type: "file", options });
    }
    rmSync(join(folder, "gone"), { recursive: true });
    symlinkSync(join(folder, "nowhere"), join(folder, "gone"));

    const paths = await put(0, 5);

    expect(pathsIn(well)).toEqual(paths);
    expect(await device("gone/")).toMatchObject({
      failing_since: expect.any(String) as string,
      failures: expect.any(Number) as number,
    });
    expect((await instance.ask("DELETE sys/audit/gone")).status).toBe(204);
    expect(dataOf(await instance.ask("GET sys/audit"))).not.toHaveProperty("gone/");
  });
});
