import { randomBytes, randomUUID } from "node:crypto";
import type { Random } from "@/lib/engine/ports";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** Bytes from here on would make some characters likelier than others. */
const FAIR_BELOW = 256 - (256 % ALPHABET.length);

/** The system's random source. */
export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),
  base62: (length) => {
    let text = "";
    while (text.length < length) {
      for (const byte of randomBytes(length + 8)) {
        if (byte < FAIR_BELOW && text.length < length) {
          text += ALPHABET[byte % ALPHABET.length] ?? "";
        }
      }
    }
    return text;
  },
  uuid: () => randomUUID(),
};
