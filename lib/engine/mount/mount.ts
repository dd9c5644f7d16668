import type { JsonObject } from "@/lib/engine/json";

export type MountClass = "auth" | "secret";

/** What an operator may tune on a mount; absent means "as the system has it". */
export type MountConfig = {
  defaultLeaseTtlSeconds: number;
  maxLeaseTtlSeconds: number;
  forceNoCache: boolean;
  listingVisibility?: string;
  tokenType?: string;
  auditNonHmacRequestKeys?: string[];
  auditNonHmacResponseKeys?: string[];
  passthroughRequestHeaders?: string[];
  allowedResponseHeaders?: string[];
  userLockout?: JsonObject;
};

/** Where an engine or an auth method is enabled. */
export type Mount = {
  id: string;
  class: MountClass;
  /** Ends in `/`; without `auth/`. */
  path: string;
  /** The path as requests see it: `aws/`, `auth/aws/`. */
  fullPath: string;
  type: string;
  accessor: string;
  description: string;
  config: MountConfig;
  options: Record<string, string> | null;
  local: boolean;
  sealWrap: boolean;
  externalEntropyAccess: boolean;
  tainted: boolean;
};

/** The mounts of one configuration version, found by longest prefix. */
export class MountTable {
  readonly all: readonly Mount[];
  readonly #byPath: ReadonlyMap<string, Mount>;
  readonly #byId: ReadonlyMap<string, Mount>;
  readonly #byAccessor: ReadonlyMap<string, Mount>;

  constructor(mounts: readonly Mount[]) {
    this.all = mounts;
    this.#byPath = new Map(mounts.map((mount) => [mount.fullPath, mount]));
    this.#byId = new Map(mounts.map((mount) => [mount.id, mount]));
    this.#byAccessor = new Map(mounts.map((mount) => [mount.accessor, mount]));
  }

  /** The mount that owns `path` (`aws/creds/app`, `auth/aws/login`), or null. */
  ownerOf(path: string): Mount | null {
    const whole = this.#byPath.get(path);
    if (whole !== undefined) return whole;
    for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) {
      const mount = this.#byPath.get(path.slice(0, slash + 1));
      if (mount !== undefined) return mount;
    }
    return null;
  }

  byId(id: string): Mount | null {
    return this.#byId.get(id) ?? null;
  }

  byAccessor(accessor: string): Mount | null {
    return this.#byAccessor.get(accessor) ?? null;
  }

  byFullPath(fullPath: string): Mount | null {
    return this.#byPath.get(fullPath) ?? null;
  }
}
