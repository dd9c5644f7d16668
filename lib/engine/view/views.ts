import { answered, effected, told, type Decision } from "@/lib/engine/answer";
import { isUuid } from "@/lib/engine/audit/search";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";
import { callerOf, type RequestScope } from "@/lib/engine/scope";

const NAME_MAX = 100;
const QUERY_MAX = 4_000;
/** Views of one operator, and shared views that a list shows. */
const VIEWS_MAX = 200;
const PAGE_NAME = /^[a-z][a-z/-]{0,39}$/;

/** A list's filter and order under a name. `owner` is an entity, or a token's display name. */
export type SavedView = {
  id: string;
  owner: string;
  page: string;
  name: string;
  query: string;
  shared: boolean;
  createdAt: Date;
};

export type ViewReads = {
  /** Those of an owner, then those that others share, by name. */
  visibleTo(owner: string, page: string | null, limit: number): Promise<SavedView[]>;
  find(id: string): Promise<SavedView | null>;
};

export type ViewEffect = PutView | DeleteView;
export type PutView = {
  kind: "put_view";
  view: Omit<SavedView, "createdAt">;
  /** An owner has at most so many. */
  max: number;
  /** Thrown when the owner has one of this name for the page, or too many. */
  refused: EngineError;
};
export type DeleteView = { kind: "delete_view"; id: string };

/** Tokens of one operator come and go; the entity stays. */
function ownerOf(scope: RequestScope): string {
  const { token } = callerOf(scope);
  return token.entityId ?? token.displayName;
}

/** Views that the caller has saved, and those that are shared. */
export async function listViews(
  ports: Ports,
  scope: RequestScope,
  page: string | undefined,
): Promise<Decision> {
  const views = await ownAndShared(ports, scope, page);
  return told({ views: views.map((view) => viewData(scope, view)) });
}

export async function listViewIds(ports: Ports, scope: RequestScope): Promise<Decision> {
  const views = await ownAndShared(ports, scope, undefined);
  return views.length === 0 ? answered(null) : told({ keys: views.map((view) => view.id) });
}

function ownAndShared(
  ports: Ports,
  scope: RequestScope,
  page: string | undefined,
): Promise<SavedView[]> {
  const wanted = page === undefined || page === "" ? null : page;
  return ports.operator.views.visibleTo(ownerOf(scope), wanted, 2 * VIEWS_MAX);
}

export async function readView(ports: Ports, scope: RequestScope, id: string): Promise<Decision> {
  const view = isUuid(id) ? await ports.operator.views.find(id) : null;
  if (view === null || !(view.shared || view.owner === ownerOf(scope))) return answered(null);
  return told(viewData(scope, view));
}

export type CreateViewInput = {
  page: string | undefined;
  name: string | undefined;
  query: string | undefined;
  shared: boolean | undefined;
};

/** @throws EngineError `invalid_request`. */
export function createView(
  ports: Ports,
  scope: RequestScope,
  input: CreateViewInput,
): Promise<Decision> {
  const { page = "", query = "", shared = false } = input;
  const name = input.name?.trim() ?? "";
  if (!PAGE_NAME.test(page)) throw invalidRequest("page must name a page of the console");
  if (name === "" || name.length > NAME_MAX) {
    throw invalidRequest(`name must have from 1 to ${NAME_MAX} characters`);
  }
  if (query.length > QUERY_MAX) {
    throw invalidRequest(`query is longer than ${QUERY_MAX} characters`);
  }
  const id = ports.random.uuid();
  return Promise.resolve({
    answer: { data: { id } },
    effects: [
      {
        kind: "put_view",
        view: { id, owner: ownerOf(scope), page, name, query, shared },
        max: VIEWS_MAX,
        refused: invalidRequest(`there is a view of this name already, or there are ${VIEWS_MAX}`),
      },
    ],
  });
}

/**
 * Deletes a view of the caller's own; root deletes any.
 *
 * @throws EngineError `permission_denied`.
 */
export async function deleteView(ports: Ports, scope: RequestScope, id: string): Promise<Decision> {
  const view = isUuid(id) ? await ports.operator.views.find(id) : null;
  if (view === null) return answered(null);
  if (view.owner !== ownerOf(scope) && !callerOf(scope).acl.root) {
    throw new EngineError("permission_denied", "the view belongs to somebody else");
  }
  return effected({ kind: "delete_view", id });
}

function viewData(scope: RequestScope, view: SavedView): Record<string, unknown> {
  return {
    id: view.id,
    page: view.page,
    name: view.name,
    query: view.query,
    shared: view.shared,
    own: view.owner === ownerOf(scope),
    created_at: view.createdAt.toISOString(),
  };
}
