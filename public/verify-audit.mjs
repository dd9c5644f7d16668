#!/usr/bin/env node
// Verifies an exported audit log of Leasehold offline. It needs Node 18 or later and nothing else:
//
//   node verify-audit.mjs --bundle audit.jsonl --checkpoint checkpoint.json --key public-key.pem
//
// Trust comes from the public key and from a checkpoint that was kept where whoever could write to the
// database could not. Everything that the checkpoint covers is proven: an entry that was removed, edited,
// exchanged, added or moved, a chain that was cut, written anew or rolled back, is named by its place.
//
// How the log is chained: each writer commits batches, numbered from 1. A batch's hash is SHA-256 over the
// hash of the batch before (32 zero bytes at first), the writer, the batch's number, and of each entry its
// sequence number, time, kind, request id, operation, path, status, accessor, lease id and text, each
// framed as `<bytes>:<text>`. A checkpoint is a text, signed with Ed25519 (RFC 8032); its root is SHA-256
// over a line `<writer> <batch> <last sequence number> <hash>` for each writer, sorted.
//
// Exit status: 0 it is whole, 1 it was altered, 2 it could not be verified.
import { createHash, createPublicKey, verify } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const NOTHING = "0".repeat(64);
/** Clocks of instances may differ by so much: an unsigned entry older than that was added later. */
const CLOCKS_MS = 600_000;
const PROBLEMS_MAX = 100;

const problems = [];
const problem = (where, what) => {
  if (problems.length < PROBLEMS_MAX) problems.push({ where, what });
};

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const framed = (part) => {
  const text = part === null ? "" : String(part);
  return `${Buffer.byteLength(text)}:${text}`;
};

function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(2);
}

function options() {
  const given = {};
  const args = process.argv.slice(2);
  for (let at = 0; at < args.length; at += 2) given[args[at].replace(/^--/, "")] = args[at + 1];
  const { bundle, checkpoint, key } = given;
  if (!bundle || !checkpoint || !key) {
    fail("usage: verify-audit.mjs --bundle FILE --checkpoint FILE --key PUBLIC_KEY.pem");
  }
  return { bundle, checkpoint, key };
}

/** The fields of a checkpoint's text. */
function claimOf(statement) {
  const fields = Object.fromEntries(
    statement
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]),
  );
  return { ...fields, number: Number(fields.number), at: new Date(fields.at) };
}

/** The checkpoint that is trusted, once its signature and its root were found right. */
function trusted({ checkpoint, key }) {
  const file = JSON.parse(readFileSync(checkpoint, "utf8"));
  const publicKey = createPublicKey(readFileSync(key, "utf8"));
  const { statement, signature, heads } = file;
  if (!verify(null, Buffer.from(statement), publicKey, Buffer.from(signature, "base64"))) {
    fail("The checkpoint was not signed by this key.");
  }
  const claim = claimOf(statement);
  const lines = heads.map(([writer, no, seq, hash]) => `${writer} ${no} ${seq} ${hash}\n`);
  if (sha256(lines.sort().join("")) !== claim.root) fail("The checkpoint's heads are not its own.");
  return { statement, claim, heads: new Map(heads.map((head) => [head[0], head])) };
}

/**
 * The checkpoints of the bundle that lead to the trusted one, by what each says of the one before. They
 * tell at which earlier places a chain was right, so that a rewritten one is narrowed down.
 */
class Checkpoints {
  #all = new Map();

  add(statement, heads) {
    this.#all.set(claimOf(statement).number, { statement, heads });
  }

  /** @returns by writer: the places that were signed, as [batch, last sequence number, hash]. */
  signed({ statement, claim, heads }) {
    const places = new Map();
    const note = ([writer, no, seq, hash]) => {
      if (!places.has(writer)) places.set(writer, new Map());
      places.get(writer).set(no, { seq, hash });
    };
    for (const head of heads.values()) note(head);
    const own = this.#all.get(claim.number);
    if (own === undefined) problem(`checkpoint ${claim.number}`, "is not in the log: rolled back");
    else if (own.statement !== statement) problem(`checkpoint ${claim.number}`, "forked");
    let prev = claim.previous;
    for (let number = claim.number - 1; number >= 1; number -= 1) {
      const found = this.#all.get(number);
      if (found === undefined || sha256(found.statement) !== prev) {
        problem(`checkpoint ${number}`, found === undefined ? "is missing" : "was altered");
        break;
      }
      for (const head of found.heads) note(head);
      prev = claimOf(found.statement).previous;
    }
    return places;
  }
}

/** One writer's chain, batch by batch. */
class Chain {
  constructor(writer, places, claim) {
    this.writer = writer;
    this.places = places ?? new Map();
    this.claim = claim;
    /** Its last batch that was signed; what comes behind is chained alone. */
    this.signedUpTo = 0;
    for (const no of this.places.keys()) this.signedUpTo = Math.max(this.signedUpTo, no);
    this.retired = 0;
    this.no = 0;
    this.seq = 0;
    this.hash = NOTHING;
    this.lastGood = 0;
    this.isBroken = false;
  }

  break(no, seq, what) {
    if (!this.isBroken) {
      problem(`writer ${this.writer}, batch ${no}${seq === null ? "" : `, entry ${seq}`}`, what);
    }
    this.isBroken = true;
  }

  take({ batch: [, no, firstSeq, count, hash, prev], at, retired, rows }) {
    if (no !== this.no + 1) this.break(this.no + 1, this.seq + 1, "is missing");
    else if (prev !== this.hash || firstSeq !== this.seq + 1) {
      this.break(no, firstSeq, "does not follow from the batch before");
    }
    this.#takeRows({ no, firstSeq, count, hash, prev, retired, rows });
    this.#takePlace({ no, hash, seq: firstSeq + count - 1, at, rows });
    this.no = no;
    this.seq = firstSeq + count - 1;
    this.hash = hash;
  }

  #takeRows({ no, firstSeq, count, hash, prev, retired, rows }) {
    for (let index = 0; index < count; index += 1) {
      if (rows[index]?.[0] === firstSeq + index) continue;
      // Days whose time of keeping is over: their chain is left, and leads to the rest.
      if (retired && rows.length < count) {
        this.retired += 1;
        return;
      }
      this.break(no, firstSeq + index, "entry missing");
      return;
    }
    if (rows.length > count) this.break(no, rows[count][0], "entry added");
    const sum = createHash("sha256").update(Buffer.from(prev, "hex"));
    sum.update(framed(this.writer) + framed(no));
    for (const row of rows) sum.update(row.map(framed).join(""));
    if (sum.digest("hex") !== hash) this.break(no, firstSeq, "an entry was altered");
  }

  #takePlace({ no, hash, seq, at, rows }) {
    const place = this.places.get(no);
    if (place !== undefined && (place.hash !== hash || place.seq !== seq)) {
      const from = this.lastGood + 1;
      this.break(from, null, `the chain was written anew, here or up to batch ${no}`);
    }
    if (place !== undefined) this.lastGood = no;
    if (no <= this.signedUpTo) return;
    const before = this.claim.at.getTime() - CLOCKS_MS;
    const oldest = Math.min(new Date(at).getTime(), ...rows.map((row) => Date.parse(row[1])));
    if (oldest < before) this.break(no, rows[0]?.[0] ?? null, "added later, under an earlier time");
  }

  end() {
    if (this.no < this.signedUpTo)
      this.break(this.no + 1, this.seq + 1, "the end of the chain is missing");
  }
}

async function main() {
  const given = options();
  const trust = trusted(given);
  const checkpoints = new Checkpoints();
  let places = null;
  let chain = null;
  const counts = { entries: 0, batches: 0, writers: 0, unsigned: 0, retired: 0 };
  const seen = new Set();
  const lines = createInterface({ input: createReadStream(given.bundle), crlfDelay: Infinity });
  for await (const text of lines) {
    const line = JSON.parse(text);
    if (line.format !== undefined) {
      if (line.format !== "leasehold-audit-bundle-1") fail(`Unknown format ${line.format}.`);
      continue;
    }
    if (line.checkpoint !== undefined) {
      checkpoints.add(line.checkpoint, line.heads);
      continue;
    }
    places ??= checkpoints.signed(trust);
    if (line.stray !== undefined) {
      problem(`writer ${line.stray[0]}, entry ${line.stray[1]}`, "entry added");
      continue;
    }
    const [writer, no, , count] = line.batch;
    if (chain?.writer !== writer) {
      chain?.end();
      chain = new Chain(writer, places.get(writer), trust.claim);
      counts.writers += 1;
      seen.add(writer);
    }
    chain.take(line);
    counts.batches += 1;
    counts.entries += line.rows.length;
    if (no > chain.signedUpTo) counts.unsigned += count;
    counts.retired += chain.retired;
    chain.retired = 0;
  }
  chain?.end();
  places ??= checkpoints.signed(trust);
  for (const [writer, [, no]] of trust.heads) {
    if (no > 0 && !seen.has(writer))
      problem(`writer ${writer}, batch 1`, "the whole chain is missing");
  }
  tell(trust.claim, counts);
}

function tell(claim, { entries, batches, writers, unsigned, retired }) {
  const read = `${entries} entries in ${batches} batches of ${writers} writers, against checkpoint ${claim.number} of ${claim.at.toISOString()}`;
  if (retired > 0) {
    process.stdout.write(
      `The entries of ${retired} batches were removed when their days of keeping were over: only their chain was read.\n`,
    );
  }
  if (problems.length === 0) {
    const rest =
      unsigned === 0 ? "" : ` ${unsigned} entries are newer than it: their chains hold together.`;
    process.stdout.write(`${read}: the log is whole.${rest}\n`);
    return;
  }
  process.stdout.write(`${read}: the log was altered.\nFirst: ${textOf(problems[0])}\n`);
  for (const one of problems.slice(1)) process.stdout.write(`       ${textOf(one)}\n`);
  process.exitCode = 1;
}

function textOf({ where, what }) {
  return `${where}: ${what}`;
}

main().catch((error) => fail(`The log could not be read: ${error.message}`));
