import type pg from "pg";
import type { SavedView, ViewReads } from "@/lib/engine/view/views";
import { boundedRead } from "@/lib/postgres/bounded-read";
import { oneByOne, type EffectRunners } from "@/lib/postgres/effect-runner";

const COLUMNS = `id, owner, page, name, query, shared, created_at as "createdAt"`;

const VISIBLE = `
  (select ${COLUMNS} from saved_view where owner = $1 and ($2::text is null or page = $2) order by page, name limit $3)
  union all
  (select ${COLUMNS} from saved_view where shared and owner <> $1 and ($2::text is null or page = $2)
   order by page, name limit $3)`;

/** Views that operators have saved. */
export function viewReads(pool: pg.Pool): ViewReads {
  return {
    visibleTo: (owner, page, limit) =>
      boundedRead<SavedView>(pool, { text: VISIBLE, values: [owner, page, limit] }),
    find: async (id) => {
      const text = `select ${COLUMNS} from saved_view where id = $1`;
      const [view] = await boundedRead<SavedView>(pool, { text, values: [id] });
      return view ?? null;
    },
  };
}

const putView = oneByOne<"put_view">(async (_context, client, { view, max }) => {
  const result = await client.query({
    name: "put_view",
    text: `insert into saved_view (id, owner, page, name, query, shared)
           select $1, $2, $3, $4, $5, $6 where (select count(*) from saved_view where owner = $2) < $7
           on conflict do nothing`,
    values: [view.id, view.owner, view.page, view.name, view.query, view.shared, max],
  });
  return result.rowCount === 1;
});

const deleteView = oneByOne<"delete_view">(async (_context, client, { id }) => {
  await client.query({
    name: "delete_view",
    text: `delete from saved_view where id = $1`,
    values: [id],
  });
  return true;
});

export const viewEffects: Pick<EffectRunners, "put_view" | "delete_view"> = {
  put_view: putView,
  delete_view: deleteView,
};
