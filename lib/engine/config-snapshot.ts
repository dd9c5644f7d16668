import type { JsonObject } from "@/lib/engine/json";
import type { MountTable } from "@/lib/engine/mount/mount";
import type { ParsedPolicy } from "@/lib/engine/policy/parse";
import type { Secret } from "@/lib/engine/secret";

/** One stored JSON document of a mount's configuration: a role, a client configuration, … */
export type Setting = {
  key: string;
  body: JsonObject;
  secret: Secret | null;
  /** Grows with each write; handed back with `put_setting` so that no write is lost. */
  revision: number;
};

/**
 * The configuration as of one version in the database. Every request reads the current version with
 * its token and gets the snapshot that belongs to it, so a change counts everywhere with the next
 * request. What is asked for is loaded once and kept as long as the version stands.
 */
export type ConfigSnapshot = {
  readonly version: string;
  readonly mounts: MountTable;
  readonly sealed: boolean;
  /** Null: there is no such policy. `root` has no text and is never asked for. */
  policy(name: string): Promise<StoredPolicy | null>;
  policyNames(): Promise<string[]>;
  setting(mountId: string, setting: string, key: string): Promise<Setting | null>;
  /** All of one kind, sorted by key. */
  settings(mountId: string, setting: string): Promise<readonly Setting[]>;
  /** Keys of one kind, sorted. */
  settingKeys(mountId: string, setting: string): Promise<string[]>;
  /** The entity behind an alias, made at its first login; the alias's metadata follow the login. */
  ensureAlias(alias: AliasOfLogin): Promise<{ entityId: string; created: boolean }>;
  entity(id: string): Promise<Entity | null>;
  entityByName(name: string): Promise<Entity | null>;
  entityIds(): Promise<string[]>;
  entityNames(): Promise<string[]>;
  auditDevices(): Promise<readonly AuditDevice[]>;
  /** Values that belong to this version and are computed once: compiled ACLs, parsed templates. */
  readonly memo: Map<string, unknown>;
};

export type AliasOfLogin = {
  mountAccessor: string;
  name: string;
  metadata: Record<string, string>;
};

export type StoredPolicy = { name: string; text: string; parsed: ParsedPolicy };

export type EntityAlias = {
  id: string;
  name: string;
  mountAccessor: string;
  metadata: Record<string, string>;
  createdAt: Date;
  updatedAt: Date;
};

export type Entity = {
  id: string;
  name: string;
  metadata: Record<string, string>;
  aliases: readonly EntityAlias[];
  createdAt: Date;
  updatedAt: Date;
};

export type AuditDevice = {
  path: string;
  type: string;
  description: string;
  local: boolean;
  options: Record<string, string>;
  salt: Secret;
};
