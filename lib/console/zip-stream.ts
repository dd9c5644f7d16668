import { createDeflateRaw, crc32, type DeflateRaw } from "node:zlib";

/** A file of an archive, in pieces as they come. */
export type ZipFile = { name: string; content: AsyncIterable<string> };

/** Sizes and offsets of a plain archive have 32 bits. */
const BYTES_MAX = 0xffff_ffff;
const VERSION = 20;
/** Sizes and checksum follow the content, and names are UTF-8. */
const FLAGS = 0x0808;
const DEFLATE = 8;
/** 1 January 1980, the first day that the format knows: the same content makes the same archive. */
const DATE = 0x0021;

/**
 * A ZIP archive as a stream. Its directory comes last, so one that broke off does not open.
 *
 * @throws RangeError when a file or the archive grows beyond 4 GiB.
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export async function* zipStream(files: AsyncIterable<ZipFile>): AsyncGenerator<Buffer> {
  const directory: Buffer[] = [];
  let offset = 0;
  const count = (piece: Buffer): Buffer => {
    offset += piece.length;
    if (offset > BYTES_MAX) throw new RangeError("the archive would be larger than 4 GiB");
    return piece;
  };
  for await (const { name, content } of files) {
    const start = offset;
    yield count(localHeader(name));
    const facts = { crc: 0, size: 0, packed: 0 };
    for await (const piece of deflated(content, facts)) yield count(piece);
    yield count(descriptor(facts));
    directory.push(centralHeader(name, facts, start));
  }
  const start = offset;
  for (const header of directory) yield count(header);
  yield count(endOfDirectory(directory.length, offset - start, start));
}

type Facts = { crc: number; size: number; packed: number };

async function* deflated(content: AsyncIterable<string>, facts: Facts): AsyncGenerator<Buffer> {
  const packer = createDeflateRaw();
  const packed: Buffer[] = [];
  packer.on("data", (piece: Buffer) => packed.push(piece));
  const take = (): Buffer => {
    const taken = Buffer.concat(packed.splice(0));
    facts.packed += taken.length;
    return taken;
  };
  for await (const text of content) {
    const bytes = Buffer.from(text);
    facts.crc = crc32(bytes, facts.crc);
    facts.size += bytes.length;
    if (facts.size > BYTES_MAX) throw new RangeError("a file would be larger than 4 GiB");
    await written(packer, bytes);
    yield take();
  }
  await ended(packer);
  yield take();
}

function written(packer: DeflateRaw, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    packer.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

function ended(packer: DeflateRaw): Promise<void> {
  return new Promise((resolve, reject) => {
    packer.once("error", reject);
    packer.once("end", resolve);
    packer.end();
  });
}

function localHeader(name: string): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x0403_4b50, 0);
  header.writeUInt16LE(VERSION, 4);
  header.writeUInt16LE(FLAGS, 6);
  header.writeUInt16LE(DEFLATE, 8);
  header.writeUInt16LE(DATE, 12);
  header.writeUInt16LE(Buffer.byteLength(name), 26);
  return Buffer.concat([header, Buffer.from(name)]);
}

function descriptor({ crc, size, packed }: Facts): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(0x0807_4b50, 0);
  header.writeUInt32LE(crc, 4);
  header.writeUInt32LE(packed, 8);
  header.writeUInt32LE(size, 12);
  return header;
}

function centralHeader(name: string, { crc, size, packed }: Facts, start: number): Buffer {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x0201_4b50, 0);
  header.writeUInt16LE(VERSION, 4);
  header.writeUInt16LE(VERSION, 6);
  header.writeUInt16LE(FLAGS, 8);
  header.writeUInt16LE(DEFLATE, 10);
  header.writeUInt16LE(DATE, 14);
  header.writeUInt32LE(crc, 16);
  header.writeUInt32LE(packed, 20);
  header.writeUInt32LE(size, 24);
  header.writeUInt16LE(Buffer.byteLength(name), 28);
  header.writeUInt32LE(start, 42);
  return Buffer.concat([header, Buffer.from(name)]);
}

function endOfDirectory(files: number, size: number, start: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt16LE(files, 8);
  end.writeUInt16LE(files, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(start, 16);
  return end;
}
