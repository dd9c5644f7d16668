import type pg from "pg";
import type { DataKeyring } from "@/lib/postgres/keyring";

/** What every store method works with. */
export type StoreContext = {
  pool: pg.Pool;
  keys: DataKeyring;
  /** This process, as `instance.id`. */
  instanceId: string;
  newWriter(): string;
};
