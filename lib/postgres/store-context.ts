import type pg from "pg";
import type { Keyring } from "@/lib/engine/ports";

/** What every store method works with. */
export type StoreContext = {
  pool: pg.Pool;
  keys: Keyring;
  /** This process, as `instance.id`. */
  instanceId: string;
  newWriter(): string;
};
