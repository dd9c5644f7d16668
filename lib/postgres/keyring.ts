import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { EngineError } from "@/lib/engine/errors";
import type { Keyring } from "@/lib/engine/ports";
import { Secret } from "@/lib/engine/secret";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ID_BYTES = 16;

/** A data key in clear, with the id under which its wrapped form is stored. */
export type DataKey = { id: string; purpose: "seal" | "mac"; key: Buffer };

/**
 * Keys of this installation in memory. The newest `seal` key seals, all of them open; the `mac` key
 * never changes, since every stored token is found by it.
 */
export function keyringOf(keys: readonly DataKey[]): Keyring {
  const sealing = keys.filter((key) => key.purpose === "seal");
  const newest = sealing.at(-1);
  const mac = keys.find((key) => key.purpose === "mac");
  if (newest === undefined || mac === undefined) throw new Error("the data keys are incomplete");
  const byId = new Map(sealing.map((key) => [key.id.replaceAll("-", ""), key.key]));
  const macKeys = {
    token: derive(mac.key, "token"),
    secret_id: derive(mac.key, "secret_id"),
    replay: derive(mac.key, "replay"),
  };
  return {
    hmac: (purpose, value) => createHmac("sha256", macKeys[purpose]).update(value).digest("hex"),
    seal: (purpose, row, plain) => sealText(newest, purpose, { row, plain }),
    open: (purpose, row, sealed) => {
      const id = sealed.subarray(0, ID_BYTES).toString("hex");
      const key = byId.get(id);
      if (key === undefined) throw unreadable(purpose);
      return openText(key, purpose, { row, sealed });
    },
  };
}

function derive(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", key, "", `leasehold ${purpose}`, 32));
}

/** Key id, purpose and row are bound to the text: a sealed value moved to another row does not open. */
function associated(id: Buffer, purpose: string, row: string): Buffer {
  return Buffer.concat([id, Buffer.from(`\0${purpose}\0${row}`)]);
}

function sealText(
  key: DataKey,
  purpose: string,
  { row, plain }: { row: string; plain: string },
): Buffer {
  const id = Buffer.from(key.id.replaceAll("-", ""), "hex");
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key.key, nonce).setAAD(associated(id, purpose, row));
  const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return Buffer.concat([id, nonce, cipher.getAuthTag(), sealed]);
}

function openText(
  key: Buffer,
  purpose: string,
  { row, sealed }: { row: string; sealed: Buffer },
): Secret {
  const id = sealed.subarray(0, ID_BYTES);
  const nonce = sealed.subarray(ID_BYTES, ID_BYTES + NONCE_BYTES);
  const tag = sealed.subarray(ID_BYTES + NONCE_BYTES, ID_BYTES + NONCE_BYTES + TAG_BYTES);
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, nonce)
      .setAAD(associated(id, purpose, row))
      .setAuthTag(tag);
    const plain = decipher.update(sealed.subarray(ID_BYTES + NONCE_BYTES + TAG_BYTES));
    return new Secret(Buffer.concat([plain, decipher.final()]).toString("utf8"));
  } catch (cause) {
    throw unreadable(purpose, cause);
  }
}

function unreadable(purpose: string, cause?: unknown): EngineError {
  return new EngineError("internal", "internal error", {
    cause: cause ?? new Error(`a sealed ${purpose} names an unknown data key`),
  });
}
