import { exportAudit } from "@/lib/engine/audit/export";
import { checkIntegrity, readCheckpoint } from "@/lib/engine/audit/integrity";
import { readAuditRequest } from "@/lib/engine/audit/one";
import { searchAudit } from "@/lib/engine/audit/search";
import { tailAudit } from "@/lib/engine/audit/tail";
import { searchHistory } from "@/lib/engine/history/search";
import { createJob } from "@/lib/engine/job/create";
import { listJobs, readJob, retryJob, searchJobs } from "@/lib/engine/job/read";
import { readLease } from "@/lib/engine/lease/one";
import { searchLeases } from "@/lib/engine/lease/search";
import { readOperatorHealth } from "@/lib/engine/system/health";
import { readOverview } from "@/lib/engine/system/overview";
import { readToken } from "@/lib/engine/token/one";
import { searchTokens } from "@/lib/engine/token/search";
import { createView, deleteView, listViewIds, listViews, readView } from "@/lib/engine/view/views";
import {
  commaList,
  flag,
  integer,
  text,
  textList,
  time,
  type FieldValues,
} from "@/lib/vault-api/fields";
import { auditFilterOf, AUDIT_FILTER_FIELDS } from "@/lib/vault-api/leasehold-audit-fields";
import { leaseFilterOf, LEASE_FILTER_FIELDS } from "@/lib/vault-api/leasehold-lease-fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";
import { validatorSearchRoutes } from "@/lib/vault-api/validator-routes";

const PAGE_FIELDS = { limit: integer(), cursor: text() } as const;
const ORDER_FIELDS = { ...PAGE_FIELDS, sort: text(), count: flag() } as const;

const pageOf = ({ limit, cursor }: FieldValues<typeof PAGE_FIELDS>) => ({ limit, cursor });
const orderOf = ({ limit, cursor, sort, count }: FieldValues<typeof ORDER_FIELDS>) => ({
  ...pageOf({ limit, cursor }),
  sort,
  count,
});

const leaseRoutes: readonly AnyRoute[] = [
  route({
    path: "leasehold/leases",
    fields: {
      ...LEASE_FILTER_FIELDS,
      ...ORDER_FIELDS,
      state: text(),
    },
    read: ({ ports, scope, fields }) =>
      searchLeases(ports, scope, {
        ...leaseFilterOf(fields),
        ...orderOf(fields),
        state: fields.state,
      }),
    help: "Leases by filter, a page at a time.",
  }),
  route({
    path: "leasehold/leases/*lease_id",
    fields: { lease_id: text() },
    read: ({ ports, scope, fields }) => readLease(ports, scope, fields.lease_id ?? ""),
    help: "A lease with its limits, its siblings and what happened to it.",
  }),
];

const tokenRoutes: readonly AnyRoute[] = [
  route({
    path: "leasehold/tokens",
    fields: {
      ...ORDER_FIELDS,
      state: text(),
      mount: commaList(),
      policy: commaList(),
      last_used: flag(),
      entity_id: text(),
      q: text(),
      issued_after: time(),
      issued_before: time(),
    },
    read: ({ ports, scope, fields }) =>
      searchTokens(ports, scope, {
        ...orderOf(fields),
        state: fields.state,
        mount: fields.mount,
        policy: fields.policy,
        lastUsed: fields.last_used,
        entityId: fields.entity_id,
        q: fields.q,
        issuedAfter: fields.issued_after,
        issuedBefore: fields.issued_before,
      }),
    help: "Tokens by filter, a page at a time.",
  }),
  route({
    path: "leasehold/tokens/:accessor",
    names: { accessor: "[^/]+" },
    fields: { accessor: text() },
    read: ({ ports, scope, fields }) => readToken(ports, scope, fields.accessor ?? ""),
    help: "A token by its accessor, with what falls with it.",
  }),
];

const auditRoutes: readonly AnyRoute[] = [
  route({
    path: "leasehold/audit",
    fields: {
      ...AUDIT_FILTER_FIELDS,
      ...ORDER_FIELDS,
      before: text(),
      histogram: integer(),
    },
    read: ({ ports, scope, fields }) =>
      searchAudit(ports, scope, {
        ...auditFilterOf(fields),
        ...orderOf(fields),
        before: fields.before,
        histogram: fields.histogram,
      }),
    help: "Entries of the built-in audit log by filter, a page at a time.",
  }),
  route({
    path: "leasehold/audit/export",
    fields: { ...AUDIT_FILTER_FIELDS, ...PAGE_FIELDS, format: text() },
    read: ({ ports, scope, fields }) =>
      exportAudit(ports, scope, {
        ...auditFilterOf(fields),
        ...pageOf(fields),
        format: fields.format,
      }),
    help: "Entries of the built-in audit log as lines of JSON or CSV, a piece at a time.",
  }),
  route({
    path: "leasehold/audit/tail",
    fields: { ...AUDIT_FILTER_FIELDS, last_event_id: text(), recent: integer() },
    read: ({ ports, scope, fields }) =>
      tailAudit(ports, scope, {
        ...auditFilterOf({ ...fields, from: undefined, to: undefined }),
        lastEventId: fields.last_event_id,
        recent: fields.recent,
      }),
    help: "Entries of the built-in audit log as they are written, as server-sent events.",
  }),
  route({
    path: "leasehold/audit/integrity",
    fields: { from: time(), to: time() },
    read: ({ ports, fields }) => checkIntegrity(ports, { from: fields.from, to: fields.to }),
    help: "Recomputes the chains of the built-in audit log over a range.",
  }),
  route({
    path: "leasehold/audit/integrity/checkpoint",
    fields: {},
    read: ({ ports }) => readCheckpoint(ports),
    help: "The last signed checkpoint of the built-in audit log, to be kept elsewhere.",
  }),
  route({
    path: "leasehold/audit/:request_id",
    fields: { request_id: text() },
    read: ({ ports, scope, fields }) => readAuditRequest(ports, scope, fields.request_id ?? ""),
    help: "A request of the built-in audit log, with its answer.",
  }),
];

const jobRoutes: readonly AnyRoute[] = [
  route({
    path: "leasehold/jobs",
    fields: {
      ...LEASE_FILTER_FIELDS,
      ...PAGE_FIELDS,
      action: text(),
      state: text(),
      ids: textList(),
      all: flag(),
      as_of: time(),
      dry_run: flag(),
      reason: text(),
      expected: integer(),
    },
    exists: () => Promise.resolve(false),
    read: ({ ports, fields }) => searchJobs(ports, pageOf(fields)),
    update: ({ ports, scope, fields }) =>
      createJob(ports, scope, {
        ...leaseFilterOf(fields),
        action: fields.action,
        state: fields.state,
        ids: fields.ids,
        all: fields.all,
        asOf: fields.as_of,
        dryRun: fields.dry_run,
        reason: fields.reason,
        expected: fields.expected,
      }),
    help: "Ends many leases, in the background; `dry_run` tells what would end.",
  }),
  route({
    path: "leasehold/jobs/",
    fields: {},
    list: ({ ports }) => listJobs(ports),
    help: "Ids of the newest jobs.",
  }),
  route({
    path: "leasehold/jobs/:id",
    fields: { ...PAGE_FIELDS, id: text(), state: text(), outcome: text() },
    read: ({ ports, scope, fields }) =>
      readJob(ports, scope, {
        ...pageOf(fields),
        id: fields.id ?? "",
        state: fields.state,
        outcome: fields.outcome,
      }),
    help: "A job's progress, and what came of each lease.",
  }),
  route({
    path: "leasehold/jobs/:id/retry",
    fields: { id: text() },
    exists: () => Promise.resolve(false),
    update: ({ ports, fields }) => retryJob(ports, fields.id ?? ""),
    help: "Has what failed in a job tried again.",
  }),
];

const viewRoutes: readonly AnyRoute[] = [
  route({
    path: "leasehold/views",
    fields: { page: text(), name: text(), query: text(), shared: flag() },
    exists: () => Promise.resolve(false),
    read: ({ ports, scope, fields }) => listViews(ports, scope, fields.page),
    update: ({ ports, scope, fields }) => createView(ports, scope, fields),
    help: "Views that the caller has saved, and those that are shared.",
  }),
  route({
    path: "leasehold/views/",
    fields: {},
    list: ({ ports, scope }) => listViewIds(ports, scope),
    help: "Ids of the views that the caller sees.",
  }),
  route({
    path: "leasehold/views/:id",
    fields: { id: text() },
    read: ({ ports, scope, fields }) => readView(ports, scope, fields.id ?? ""),
    delete: ({ ports, scope, fields }) => deleteView(ports, scope, fields.id ?? ""),
    help: "A saved view.",
  }),
];

const watchRoutes: readonly AnyRoute[] = [
  route({
    path: "leasehold/history",
    fields: {
      ...PAGE_FIELDS,
      mount: commaList(),
      kind: text(),
      key: text(),
      from: time(),
      to: time(),
    },
    read: ({ ports, scope, fields }) =>
      searchHistory(ports, scope, {
        ...pageOf(fields),
        mount: fields.mount,
        kind: fields.kind,
        key: fields.key,
        from: fields.from,
        to: fields.to,
      }),
    help: "Changes of the configuration with before and after, newest first.",
  }),
  route({
    path: "leasehold/health",
    fields: {},
    read: ({ ports, scope }) => readOperatorHealth(ports, scope),
    help: "Database, queues, instances, audit devices and calls to AWS.",
  }),
  route({
    path: "leasehold/overview",
    fields: {},
    read: ({ ports, scope }) => readOverview(ports, scope),
    help: "Live leases by type, how they and the answers went, and how far a new installation has come.",
  }),
];

/** What operators search and do beyond Vault's own paths; relative to `sys/`. */
export const leaseholdRoutes: readonly AnyRoute[] = [
  ...leaseRoutes,
  ...tokenRoutes,
  ...auditRoutes,
  ...jobRoutes,
  ...viewRoutes,
  ...watchRoutes,
  ...validatorSearchRoutes,
];
