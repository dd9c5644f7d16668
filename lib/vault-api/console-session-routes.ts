import { listOperators } from "@/lib/engine/console/operators";
import {
  endConsoleSession,
  listConsoleSessions,
  readConsoleSession,
} from "@/lib/engine/console/sessions";
import { text } from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";

/** Paths are relative to `sys/`. */
export const consoleSessionRoutes: readonly AnyRoute[] = [
  route({
    path: "leasehold/operators/",
    fields: {},
    list: ({ ports, scope }) => listOperators(ports, scope),
    help: "Who can sign in to the console.",
  }),
  route({
    path: "leasehold/console-sessions/",
    fields: {},
    list: ({ ports, scope }) => listConsoleSessions(ports, scope),
    help: "Operators who are signed in to the console.",
  }),
  route({
    path: "leasehold/console-sessions/:id",
    fields: { id: text() },
    read: ({ ports, scope, fields: { id = "" } }) => readConsoleSession(ports, scope, id),
    delete: ({ ports, fields: { id = "" } }) => endConsoleSession(ports, id),
    help: "A session of the console; deleting it signs the operator out.",
  }),
];
