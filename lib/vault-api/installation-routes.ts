import { answered, told } from "@/lib/engine/answer";
import {
  countEntities,
  listVersions,
  readHaStatus,
  readHostInfo,
  readKeyStatus,
  readSanitizedState,
} from "@/lib/engine/system/installation";
import { BUILD_DATE, VAULT_VERSION } from "@/lib/vault-api/bare-routes";
import { route, type AnyRoute } from "@/lib/vault-api/route";

const TOLD_VERSION = { version: VAULT_VERSION, buildDate: BUILD_DATE };

/** Paths are relative to `sys/`. */
export const installationRoutes: readonly AnyRoute[] = [
  route({
    path: "key-status",
    fields: {},
    read: ({ ports }) => readKeyStatus(ports),
    duplicated: true,
    help: "The key that new values are sealed under.",
  }),
  route({
    path: "ha-status",
    fields: {},
    read: ({ ports }) => readHaStatus(ports, TOLD_VERSION),
    duplicated: true,
    help: "The processes that share this installation.",
  }),
  route({
    path: "version-history/",
    fields: {},
    list: ({ ports }) => listVersions(ports, TOLD_VERSION),
    help: "The versions of Leasehold that ran on this database.",
  }),
  route({
    path: "host-info",
    fields: {},
    read: ({ ports }) => Promise.resolve(readHostInfo(ports)),
    help: "The machine that answers.",
  }),
  route({
    path: "config/state/sanitized",
    fields: {},
    read: ({ ports }) => Promise.resolve(readSanitizedState(ports)),
    help: "What the server was started with, without any secret.",
  }),
  route({
    path: "step-down",
    fields: {},
    // There is no leader: every instance serves.
    update: () => Promise.resolve(answered(null)),
    help: "Does nothing, since there is no leader.",
  }),
  route({
    path: "internal/counters/entities",
    fields: {},
    read: ({ ports }) => countEntities(ports),
    help: "How many entities there are.",
  }),
  route({
    path: "replication/status",
    public: true,
    fields: {},
    read: () => Promise.resolve(told({ mode: "disabled" })),
    help: "There is no replication between installations.",
  }),
];
