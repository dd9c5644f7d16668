import type { Decision } from "@/lib/engine/answer";
import type { Json } from "@/lib/engine/json";
import { visibleMounts, mountIdsOf } from "@/lib/engine/mount/visible";
import { cutPage, pageAsk, type PageAsk, type Position } from "@/lib/engine/page";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import { value } from "@/lib/engine/search-input";

const PAGE = { default: 50, max: 500 };

export type ChangeFilter = {
  /** Null: all, what belongs to no mount included. */
  mountIds: readonly string[] | null;
  kind: string | null;
  key: string | null;
  from: Date | null;
  to: Date | null;
};

/** One change of the configuration, without secrets. */
export type FoundChange = {
  position: Position;
  id: string;
  at: Date;
  requestId: string | null;
  accessor: string | null;
  changedBy: string;
  path: string;
  kind: string;
  mountId: string | null;
  key: string;
  before: Json;
  after: Json;
  secretChanged: boolean;
};

export type HistoryReads = {
  /** Newest first; one row more than asked for. */
  page(filter: ChangeFilter, ask: PageAsk): Promise<FoundChange[]>;
};

export type HistoryInput = {
  mount: readonly string[] | undefined;
  kind: string | undefined;
  key: string | undefined;
  from: Date | undefined;
  to: Date | undefined;
  limit: number | undefined;
  cursor: string | undefined;
};

/**
 * Changes of the configuration, newest first, a page at a time, as far as the caller's policies reach
 * the mounts that were changed.
 *
 * @throws EngineError `invalid_request`, `not_found` for a mount that is not there.
 */
export async function searchHistory(
  ports: Ports,
  scope: RequestScope,
  input: HistoryInput,
): Promise<Decision> {
  const filter: ChangeFilter = {
    mountIds: ownMountIds(scope, input.mount),
    kind: value("kind", input.kind),
    key: value("key", input.key),
    from: input.from ?? null,
    to: input.to ?? null,
  };
  const list = ["history", filter];
  const ask = pageAsk(input, list, PAGE);
  const { shown, next } = cutPage(await ports.operator.history.page(filter, ask), ask.limit, list);
  return {
    answer: {
      data: { changes: shown.map((change) => changeData(scope, change)), next_cursor: next },
      audited: { changes: shown.length, more: next !== null },
    },
    effects: [],
  };
}

/** What is configured for the server as a whole is for those who see every mount. */
function ownMountIds(
  scope: RequestScope,
  named: readonly string[] | undefined,
): readonly string[] | null {
  if (named !== undefined && named.length > 0) return mountIdsOf(scope, named);
  return (
    visibleMounts(scope)
      ?.filter((mount) => mount.type !== "system")
      .map(({ id }) => id) ?? null
  );
}

function changeData(scope: RequestScope, change: FoundChange): Record<string, unknown> {
  const mount = change.mountId === null ? null : scope.config.mounts.byId(change.mountId);
  return {
    id: change.id,
    at: change.at.toISOString(),
    change: change.before === null ? "created" : change.after === null ? "deleted" : "updated",
    request_id: change.requestId,
    accessor: change.accessor,
    changed_by: change.changedBy,
    path: change.path,
    kind: change.kind,
    mount_path: mount?.fullPath ?? null,
    key: change.key,
    before: change.before,
    after: change.after,
    secret_changed: change.secretChanged,
  };
}
