import { execFile } from "node:child_process";
import { createHash, generateKeyPairSync, randomInt, randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkpointFile, publicKeyPem } from "@/lib/engine/audit/checkpoint";
import { Checkpointer } from "@/lib/postgres/audit-checkpoints";
import { lastCheckpoint } from "@/lib/postgres/audit-integrity";
import { exportChain } from "@/lib/postgres/export-chain";
import { CommitLane } from "@/lib/postgres/group-commit";
import { ensureInstallation } from "@/lib/postgres/installation";
import { keyringOf } from "@/lib/postgres/keyring";
import { cloneDatabase, type TestDatabase } from "@/lib/testing/database";

const VERIFIER = fileURLToPath(new URL("../../public/verify-audit.mjs", import.meta.url));
const SCALE = Number(process.env["SCALE"] ?? 1);
const WRITERS = 3;
const BATCHES = 20;
/** Every so many batches a checkpoint is signed. */
const SIGNED_EVERY = 3;
const TAMPERS = 4 * SCALE;

type Row = [number, string, ...(string | number | null)[]];
type Batch = {
  batch: [string, number, number, number, string, string];
  at: string;
  rows: Row[];
};
type Signed = { checkpoint: string; heads: [string, number, number, string][] };
type Bundle = { checkpoints: Signed[]; batches: Batch[] };

let database: TestDatabase;
let dir: string;
let log: Bundle;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "leasehold-verify-"));
  database = await cloneDatabase();
  await ensureInstallation(database.pool, "", "test");
  const keys = keyringOf([
    { id: randomUUID(), purpose: "seal", key: Buffer.alloc(32, 1) },
    { id: randomUUID(), purpose: "mac", key: Buffer.alloc(32, 2) },
  ]);
  const checkpointer = new Checkpointer(database.pool, keys);
  const lanes = Array.from({ length: WRITERS }, () => {
    const context = { pool: database.pool, keys, instanceId: randomUUID(), newWriter: randomUUID };
    return new CommitLane(context, null, () => undefined);
  });
  for (let turn = 0; turn < WRITERS * BATCHES; turn += 1) {
    await lanes[turn % WRITERS]?.commit({ effects: [], rows: () => entries(1 + (turn % 4)) });
    if (turn % SIGNED_EVERY === 0) await checkpointer.look({ force: true });
  }
  await checkpointer.look({ force: true });
  const last = await lastCheckpoint(database.pool);
  if (last === null) throw new Error("nothing was signed");
  const { checkpoint, heads, publicKey } = last;
  write("checkpoint.json", JSON.stringify(checkpointFile(checkpoint, heads, publicKey)));
  write("key.pem", publicKeyPem(publicKey));
  log = await exported();
});

afterAll(async () => {
  rmSync(dir, { recursive: true, force: true });
  await database.drop();
});

function entries(count: number) {
  return Array.from({ length: count }, () => ({
    ...{ at: new Date(), kind: "both" as const, requestId: randomUUID(), operation: "read" },
    ...{ path: "aws/creds/app", status: 200, accessor: null, leaseId: "é:1" },
    entry: `{"id": "${randomUUID()}",  "text":"kept as it was \\u0000 written"}`,
  }));
}

function write(name: string, text: string): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

async function exported(): Promise<Bundle> {
  const bundle: Bundle = { checkpoints: [], batches: [] };
  for await (const text of exportChain(database.pool)) {
    const line = JSON.parse(text) as object;
    if ("checkpoint" in line) bundle.checkpoints.push(line as Signed);
    if ("batch" in line) bundle.batches.push(line as Batch);
  }
  return bundle;
}

/** Runs the verifier as an auditor does. */
function verified({ checkpoints, batches }: Bundle): Promise<{ code: number; said: string }> {
  const lines = [{ format: "leasehold-audit-bundle-1" }, ...checkpoints, ...batches];
  const bundle = write("bundle.jsonl", lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const args = ["--bundle", bundle, "--checkpoint", join(dir, "checkpoint.json")];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [VERIFIER, ...args, "--key", join(dir, "key.pem")],
      (error, stdout, stderr) => {
        const code = error === null ? 0 : Number(error.code);
        resolve({ code, said: stdout + stderr });
      },
    );
  });
}

const framed = (part: string | number | null | undefined): string => {
  const text = part === null || part === undefined ? "" : String(part);
  return `${Buffer.byteLength(text)}:${text}`;
};

/** The hashes of a writer's chain, made anew from a batch on: what whoever owns the database can do. */
function rehash(batches: Batch[], from: Batch): void {
  const [writer, first] = from.batch;
  let prev = from.batch[5];
  for (const one of batches) {
    if (one.batch[0] !== writer || one.batch[1] < first) continue;
    const sum = createHash("sha256").update(Buffer.from(prev, "hex"));
    sum.update(framed(writer) + framed(one.batch[1]));
    for (const row of one.rows) sum.update(row.map(framed).join(""));
    one.batch[5] = prev;
    prev = one.batch[4] = sum.digest("hex");
  }
}

/** One of a batch's entries, picked at random. */
function picked({ batches }: Bundle, rowsMin = 1): { at: number; batch: Batch; row: number } {
  const fit = batches.flatMap((batch, at) => (batch.rows.length >= rowsMin ? [{ at, batch }] : []));
  const found = fit[randomInt(fit.length)];
  if (found === undefined) throw new Error("no batch fits");
  return { ...found, row: randomInt(found.batch.rows.length - rowsMin + 1) };
}

const place = ({ batch }: Batch, seq?: number): string =>
  `First: writer ${batch[0]}, batch ${batch[1]}${seq === undefined ? "" : `, entry ${seq}`}`;

/** Each alters a copy of the log and tells the place that must be named. */
const TAMPER: Record<string, (log: Bundle) => string> = {
  delete: (copy) => {
    const { batch, row } = picked(copy);
    const seq = batch.rows[row]?.[0] ?? 0;
    batch.rows.splice(row, 1);
    return place(batch, seq);
  },
  edit: (copy) => {
    const { batch, row } = picked(copy);
    const cells = batch.rows[row];
    const cell = randomInt(1, 10);
    if (cells !== undefined) cells[cell] = cell === 1 ? new Date().toISOString() : "altered";
    return place(batch);
  },
  swap: (copy) => {
    const { batch, row } = picked(copy, 2);
    const [one, other] = [batch.rows[row], batch.rows[row + 1]];
    if (one === undefined || other === undefined) throw new Error("no neighbours");
    batch.rows[row] = [one[0], ...other.slice(1)] as Row;
    batch.rows[row + 1] = [other[0], ...one.slice(1)] as Row;
    return place(batch);
  },
  insert: (copy) => {
    const { batch, row } = picked(copy);
    const cells = batch.rows[row];
    if (cells !== undefined) batch.rows.splice(row + 1, 0, [...cells]);
    return place(batch);
  },
  "cut tail": (copy) => {
    const { batch } = picked(copy);
    const [writer, no] = batch.batch;
    copy.batches = copy.batches.filter((one) => one.batch[0] !== writer || one.batch[1] < no);
    return no === 1 ? `First: writer ${writer}, batch 1` : place(batch);
  },
  "delete batch": (copy) => {
    const { at, batch } = picked(copy);
    copy.batches.splice(at, 1);
    return place(batch);
  },
  fork: (copy) => {
    const { batch, row } = picked(copy);
    const cells = batch.rows[row];
    if (cells !== undefined) cells[5] = "aws/creds/other";
    rehash(copy.batches, batch);
    const [writer, no] = batch.batch;
    const signed = copy.checkpoints.flatMap(({ heads }) =>
      heads.filter((head) => head[0] === writer && head[1] < no).map((head) => head[1]),
    );
    return `First: writer ${writer}, batch ${Math.max(0, ...signed) + 1}`;
  },
  "roll back": (copy) => {
    const kept = randomInt(1, copy.checkpoints.length);
    copy.checkpoints = copy.checkpoints.slice(0, kept);
    const heads = new Map<string, number>();
    for (const one of copy.checkpoints) for (const [writer, no] of one.heads) heads.set(writer, no);
    copy.batches = copy.batches.filter(({ batch }) => batch[1] <= (heads.get(batch[0]) ?? 0));
    return `First: checkpoint ${log.checkpoints.length}: is not in the log: rolled back`;
  },
};

test("a log that nobody touched is whole, on a machine that knows nothing but a key", async () => {
  const { code, said } = await verified(log);

  expect(said).toContain("the log is whole");
  expect(code).toBe(0);
});

describe("T190 the offline verifier names the first bad place of every random tamper", () => {
  test.each(Object.keys(TAMPER))("%s", { timeout: 60_000 * SCALE }, async (kind) => {
    for (let turn = 0; turn < TAMPERS; turn += 1) {
      const copy = structuredClone(log);
      const expected = TAMPER[kind]?.(copy) ?? "";

      const { code, said } = await verified(copy);

      expect(said).toContain(expected);
      expect(code).toBe(1);
    }
  });
});

test("a checkpoint of somebody else's key proves nothing", async () => {
  const pem = generateKeyPairSync("ed25519").publicKey.export({ format: "pem", type: "spki" });
  const path = join(dir, "key.pem");
  const own = readFileSync(path, "utf8");
  write("key.pem", pem.toString());

  const { code, said } = await verified(log);
  write("key.pem", own);

  expect(said).toContain("not signed by this key");
  expect(code).toBe(2);
});
