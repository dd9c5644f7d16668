import pg from "pg";
import { openPool } from "@/lib/postgres/pool";

/** The plans of what was read since they were taken last, as Postgres explains them. */
export type WatchedPool = { pool: pg.Pool; take(): Promise<string[]> };

/** A pool on the same database that keeps what is read, so that it can be explained. */
export function watchPlans(url: string): WatchedPool {
  const pool = openPool({
    url,
    applicationName: "watched",
    connectionsMax: 4,
    onError: () => undefined,
  });
  const seen: { text: string; values: unknown[] }[] = [];
  pool.on("connect", (client) => {
    const query = client.query.bind(client) as (...all: unknown[]) => unknown;
    Reflect.set(client, "query", (...all: unknown[]) => {
      const [first, second] = all;
      if (isStatement(first)) seen.push(first);
      else if (typeof first === "string" && Array.isArray(second)) {
        seen.push({ text: first, values: second });
      }
      return query(...all);
    });
  });
  return {
    pool,
    take: async () => {
      const statements = seen.splice(0).filter(({ text }) => /^\s*(?:select|with)\b/i.test(text));
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query("set jit = off");
      const plans: string[] = [];
      for (const { text, values } of statements) {
        const plan = await client.query<{ "QUERY PLAN": string }>(`explain ${text}`, values);
        plans.push(plan.rows.map((row) => row["QUERY PLAN"]).join("\n"));
      }
      await client.end();
      return plans;
    },
  };
}

function isStatement(value: unknown): value is { text: string; values: unknown[] } {
  return typeof value === "object" && value !== null && "text" in value && "values" in value;
}
