import { answered, effected, told, type Decision } from "@/lib/engine/answer";
import type { ConfigSnapshot, Entity, EntityAlias } from "@/lib/engine/config-snapshot";
import { invalidRequest } from "@/lib/engine/errors";
import type { RequestScope } from "@/lib/engine/scope";

/**
 * An entity by its id, with the aliases it logs in by.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/secret/identity/entity#read-entity-by-id
 */
export async function readEntityById(scope: RequestScope, id: string): Promise<Decision> {
  return toldEntity(scope.config, await scope.config.entity(id));
}

export async function readEntityByName(scope: RequestScope, name: string): Promise<Decision> {
  return toldEntity(scope.config, await scope.config.entityByName(name));
}

/**
 * An entity by what is known of it.
 *
 * @throws EngineError `invalid_request` unless an id or a name is supplied.
 * @see https://developer.hashicorp.com/vault/api-docs/secret/identity/lookup#lookup-entity
 */
export async function lookUpEntity(
  scope: RequestScope,
  by: { id?: string | undefined; name?: string | undefined },
): Promise<Decision> {
  if (by.id) return readEntityById(scope, by.id);
  if (by.name) return readEntityByName(scope, by.name);
  throw invalidRequest("an entity is looked up by its 'id' or its 'name'");
}

export async function listEntityIds(scope: RequestScope): Promise<Decision> {
  return toldKeys(await scope.config.entityIds());
}

export async function listEntityNames(scope: RequestScope): Promise<Decision> {
  return toldKeys(await scope.config.entityNames());
}

/** Deletes an entity; tokens that carry it open nothing from then on. */
export async function deleteEntity(scope: RequestScope, id: string): Promise<Decision> {
  const entity = await scope.config.entity(id);
  if (entity === null) return answered(null);
  return effected({ kind: "delete_entity", entityId: entity.id });
}

function toldKeys(keys: readonly string[]): Decision {
  return keys.length === 0 ? answered(null) : told({ keys });
}

function toldEntity(config: ConfigSnapshot, entity: Entity | null): Decision {
  if (entity === null) return answered(null);
  return told({
    aliases: entity.aliases.map((alias) => aliasData(config, entity, alias)),
    creation_time: entity.createdAt.toISOString(),
    direct_group_ids: [],
    disabled: false,
    group_ids: [],
    id: entity.id,
    inherited_group_ids: [],
    last_update_time: entity.updatedAt.toISOString(),
    merged_entity_ids: null,
    metadata: mapOrNull(entity.metadata),
    name: entity.name,
    namespace_id: "root",
    policies: [],
  });
}

function aliasData(
  config: ConfigSnapshot,
  entity: Entity,
  alias: EntityAlias,
): Record<string, unknown> {
  const mount = config.mounts.byAccessor(alias.mountAccessor);
  return {
    canonical_id: entity.id,
    creation_time: alias.createdAt.toISOString(),
    custom_metadata: null,
    id: alias.id,
    last_update_time: alias.updatedAt.toISOString(),
    local: false,
    merged_from_canonical_ids: null,
    metadata: mapOrNull(alias.metadata),
    mount_accessor: alias.mountAccessor,
    mount_path: mount?.fullPath ?? "",
    mount_type: mount?.type ?? "",
    name: alias.name,
  };
}

/** Vault shows a map without entries as null. */
function mapOrNull(map: Record<string, string>): Record<string, string> | null {
  return Object.keys(map).length === 0 ? null : map;
}
