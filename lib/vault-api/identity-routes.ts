import {
  deleteEntity,
  listEntityIds,
  listEntityNames,
  lookUpEntity,
  readEntityById,
  readEntityByName,
} from "@/lib/engine/identity/entities";
import { text } from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";

/** Paths are relative to `identity/`. */
export const identityRoutes: readonly AnyRoute[] = [
  route({
    path: "entity/id/",
    fields: {},
    list: ({ scope }) => listEntityIds(scope),
    help: "Ids of the entities.",
  }),
  route({
    path: "entity/id/:id",
    fields: { id: text() },
    read: ({ scope, fields: { id = "" } }) => readEntityById(scope, id),
    delete: ({ scope, fields: { id = "" } }) => deleteEntity(scope, id),
    help: "An entity with the aliases it logs in by.",
  }),
  route({
    path: "entity/name/",
    fields: {},
    list: ({ scope }) => listEntityNames(scope),
    help: "Names of the entities.",
  }),
  route({
    path: "entity/name/:name",
    fields: { name: text() },
    read: ({ scope, fields: { name = "" } }) => readEntityByName(scope, name),
    help: "An entity by its name.",
  }),
  route({
    path: "lookup/entity",
    fields: { id: text(), name: text() },
    update: ({ scope, fields }) => lookUpEntity(scope, fields),
    help: "An entity by what is known of it.",
  }),
];
