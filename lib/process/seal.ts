import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DecryptCommand, EncryptCommand, KMSClient } from "@aws-sdk/client-kms";
import type { SealChoice } from "@/lib/config";
import { EngineError } from "@/lib/engine/errors";
import type { Seal } from "@/lib/postgres/data-keys";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Bound to each wrapped key, so that nothing else under the same KMS key can pose as one. */
const CONTEXT = { purpose: "leasehold data key" };

/** What wraps the data keys of this installation. @throws EngineError `unavailable` */
export function openSeal(choice: SealChoice): Seal {
  return choice.type === "awskms" ? kmsSeal(choice.key) : fileSeal(choice.path);
}

/** A key in a file that only the server's own user may read; made by the first start. */
function fileSeal(path: string): Seal {
  const key = readKey(path);
  return {
    type: "static",
    wrap: (plain) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(CONTEXT.purpose));
      const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Promise.resolve(Buffer.concat([nonce, cipher.getAuthTag(), sealed]));
    },
    unwrap: (wrapped) => {
      const nonce = wrapped.subarray(0, NONCE_BYTES);
      const tag = wrapped.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, nonce)
          .setAAD(Buffer.from(CONTEXT.purpose))
          .setAuthTag(tag);
        const plain = decipher.update(wrapped.subarray(NONCE_BYTES + TAG_BYTES));
        return Promise.resolve(Buffer.concat([plain, decipher.final()]));
      } catch (cause) {
        throw new EngineError(
          "unavailable",
          `The key in ${path} does not open this database's data keys: it belongs to another installation.`,
          { cause },
        );
      }
    },
  };
}

function readKey(path: string): Buffer {
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true });
    try {
      const fresh = `${randomBytes(KEY_BYTES).toString("base64")}\n`;
      writeFileSync(path, fresh, { mode: 0o600, flag: "wx" });
    } catch (error) {
      // Another instance on this host made it a moment ago.
      if (!existsSync(path)) throw error;
    }
  }
  const key = Buffer.from(readFileSync(path, "utf8").trim(), "base64");
  if (key.length !== KEY_BYTES) {
    throw new EngineError(
      "unavailable",
      `The seal's key file ${path} must hold ${KEY_BYTES} bytes in base64.`,
    );
  }
  return key;
}

/** @see https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html */
function kmsSeal(keyId: string): Seal {
  const client = new KMSClient({});
  return {
    type: "awskms",
    wrap: async (plain) => {
      const answer = await client.send(
        new EncryptCommand({ KeyId: keyId, Plaintext: plain, EncryptionContext: CONTEXT }),
      );
      return Buffer.from(answer.CiphertextBlob ?? []);
    },
    unwrap: async (wrapped) => {
      const answer = await client.send(
        new DecryptCommand({ KeyId: keyId, CiphertextBlob: wrapped, EncryptionContext: CONTEXT }),
      );
      return Buffer.from(answer.Plaintext ?? []);
    },
  };
}
