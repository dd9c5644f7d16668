import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { EngineError } from "@/lib/engine/errors";
import type { Keyring } from "@/lib/engine/ports";
import { Secret } from "@/lib/engine/secret";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ID_BYTES = 16;
/** A seal that does not answer is not asked again for so long. */
const RETRY_MS = 1_000;

/** A data key in clear, with the id under which its wrapped form is stored. */
export type DataKey = { id: string; purpose: "seal" | "mac"; key: Buffer };

/** Gives all data keys, oldest first; those that are known already are not unwrapped again. */
export type DataKeySource = (known: ReadonlyMap<string, DataKey>) => Promise<readonly DataKey[]>;

/** The keyring with what only the store does with it. */
export type DataKeyring = Keyring & {
  /** True for the id of a sealing key that is in memory. */
  knows(id: string): boolean;
  /** Makes sure that the key is known that `sealed` names: another instance may just have made it. */
  learn(sealed: Buffer): Promise<void>;
  /** Takes the keys up as they are stored now. @throws EngineError `sealed` when the seal gives none. */
  refresh(): Promise<void>;
  /** Wipes the keys from memory; nothing can be opened until they are taken up again. */
  lock(): void;
};

/**
 * Keys of this installation in memory. The newest `seal` key seals, all of them open; the `mac` key
 * never changes, since every stored token is found by it. Without `keys` it is locked until `refresh`.
 */
export function keyringOf(keys: readonly DataKey[], source?: DataKeySource): DataKeyring {
  return new MemoryKeyring(keys.map(copyOf), source ?? (() => Promise.resolve(keys.map(copyOf))));
}

/** What is locked is wiped; whoever gave the keys may still need them. */
function copyOf(key: DataKey): DataKey {
  return { ...key, key: Buffer.from(key.key) };
}

type Opened = {
  byId: Map<string, DataKey>;
  /** By the hex of the 16 bytes that sealed values begin with. */
  sealing: Map<string, Buffer>;
  newest: DataKey;
  macKeys: Record<Parameters<Keyring["hmac"]>[0], Buffer>;
};

class MemoryKeyring implements DataKeyring {
  readonly #source: DataKeySource;
  #opened: Opened | null;
  #loading: Promise<void> | null = null;
  /** Times that it was locked. */
  #locks = 0;
  #failure: { error: EngineError; until: number } | null = null;

  constructor(keys: readonly DataKey[], source: DataKeySource) {
    this.#source = source;
    this.#opened = keys.length === 0 ? null : openedOf(keys);
  }

  isLocked(): boolean {
    return this.#opened === null;
  }

  hmac(purpose: Parameters<Keyring["hmac"]>[0], value: string): string {
    const { macKeys } = this.#keys();
    return createHmac("sha256", macKeys[purpose]).update(value).digest("hex");
  }

  seal(purpose: string, row: string, plain: string): Buffer {
    return sealText(this.#keys().newest, purpose, { row, plain });
  }

  open(purpose: string, row: string, sealed: Buffer): Secret {
    const key = this.#keys().sealing.get(idOf(sealed));
    if (key === undefined) throw unreadable(purpose);
    return openText(key, purpose, { row, sealed });
  }

  knows(id: string): boolean {
    return this.#opened?.byId.has(id) === true;
  }

  async learn(sealed: Buffer): Promise<void> {
    if (!this.#keys().sealing.has(idOf(sealed))) await this.refresh();
  }

  refresh(): Promise<void> {
    if (this.#failure !== null && performance.now() < this.#failure.until) {
      return Promise.reject(this.#failure.error);
    }
    this.#loading ??= this.#load().finally(() => (this.#loading = null));
    return this.#loading;
  }

  lock(): void {
    for (const { key } of this.#opened?.byId.values() ?? []) key.fill(0);
    for (const key of Object.values(this.#opened?.macKeys ?? {})) key.fill(0);
    this.#opened = null;
    this.#failure = null;
    this.#locks += 1;
  }

  async #load(): Promise<void> {
    const locks = this.#locks;
    try {
      const keys = await this.#source(this.#opened?.byId ?? new Map<string, DataKey>());
      // What was known when it was locked is wiped, and this came too late.
      if (this.#locks !== locks) throw new Error("sealed while the keys were taken up");
      this.#opened = openedOf(keys);
    } catch (cause) {
      const error = new EngineError("sealed", "Vault is sealed", { cause });
      this.#failure = { error, until: performance.now() + RETRY_MS };
      throw error;
    }
  }

  #keys(): Opened {
    if (this.#opened === null) throw new EngineError("sealed", "Vault is sealed");
    return this.#opened;
  }
}

function openedOf(keys: readonly DataKey[]): Opened {
  const sealing = keys.filter((key) => key.purpose === "seal");
  const newest = sealing.at(-1);
  const mac = keys.find((key) => key.purpose === "mac");
  if (newest === undefined || mac === undefined) throw new Error("the data keys are incomplete");
  return {
    byId: new Map(keys.map((key) => [key.id, key])),
    sealing: new Map(sealing.map((key) => [key.id.replaceAll("-", ""), key.key])),
    newest,
    macKeys: {
      token: derive(mac.key, "token"),
      secret_id: derive(mac.key, "secret_id"),
      replay: derive(mac.key, "replay"),
    },
  };
}

function idOf(sealed: Buffer): string {
  return sealed.subarray(0, ID_BYTES).toString("hex");
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
