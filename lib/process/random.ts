import { randomFillSync, randomUUID } from "node:crypto";
import type { Random } from "@/lib/engine/ports";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** Bytes from here on would make some characters likelier than others. */
const FAIR_BELOW = 256 - (256 % ALPHABET.length);
/** Asked of the system at once: a call for each token would cost more than the token. */
const STOCK_BYTES = 4096;

/** The system's random source. */
export function systemRandom(): Random {
  const stock = Buffer.alloc(STOCK_BYTES);
  let used = STOCK_BYTES;
  const nextByte = (): number => {
    if (used === STOCK_BYTES) {
      randomFillSync(stock);
      used = 0;
    }
    const byte = stock[used] ?? 0;
    // What was handed out is not kept.
    stock[used] = 0;
    used += 1;
    return byte;
  };
  return {
    bytes: (count) => Buffer.from(Array.from({ length: count }, nextByte)),
    base62: (length) => {
      let text = "";
      while (text.length < length) {
        const byte = nextByte();
        if (byte < FAIR_BELOW) text += ALPHABET[byte % ALPHABET.length] ?? "";
      }
      return text;
    },
    uuid: () => randomUUID(),
  };
}
