import { crc32, inflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { type ZipFile, zipStream } from "@/lib/console/zip-stream";

async function* each<T>(...items: T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

async function archiveOf(...files: ZipFile[]): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of zipStream(each(...files))) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Files by the directory at the archive's end, as a reader finds them. */
function filesIn(archive: Buffer): Record<string, string> {
  const end = archive.lastIndexOf(Buffer.from("PK\u0005\u0006", "latin1"));
  let at = archive.readUInt32LE(end + 16);
  const files: Record<string, string> = {};
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString("utf8", at + 46, at + 46 + nameLength);
    const start = archive.readUInt32LE(at + 42);
    const from = start + 30 + archive.readUInt16LE(start + 26);
    const content = inflateRawSync(archive.subarray(from, from + archive.readUInt32LE(at + 20)));
    expect(crc32(content)).toBe(archive.readUInt32LE(at + 16));
    expect(content).toHaveLength(archive.readUInt32LE(at + 24));
    files[name] = content.toString();
    at += 46 + nameLength;
  }
  return files;
}

test("holds its files whole, each under its name", async () => {
  const long = "row of the log\n".repeat(50_000);
  const archive = await archiveOf(
    { name: "audit.jsonl", content: each(long, "", "Grüße\n") },
    { name: "manifest.json", content: each("{}\n") },
  );
  expect(filesIn(archive)).toEqual({ "audit.jsonl": `${long}Grüße\n`, "manifest.json": "{}\n" });
  expect(archive.length).toBeLessThan(long.length / 10);
});

test("an archive that broke off has no directory", async () => {
  const broken = async function* (): AsyncGenerator<string> {
    yield await Promise.resolve("first\n");
    throw new Error("the database does not answer");
  };
  const pieces: Buffer[] = [];
  const reading = async (): Promise<void> => {
    const files = each<ZipFile>({ name: "audit.csv", content: broken() });
    for await (const piece of zipStream(files)) pieces.push(piece);
  };
  await expect(reading()).rejects.toThrow("the database does not answer");
  expect(Buffer.concat(pieces).includes("PK\u0005\u0006", 0, "latin1")).toBe(false);
});

test("an archive of nothing is one", async () => {
  expect(filesIn(await archiveOf())).toEqual({});
});
