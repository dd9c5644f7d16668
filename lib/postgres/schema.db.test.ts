import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cloneDatabase, type TestDatabase } from "@/lib/testing/database";

const SCHEMA = fileURLToPath(new URL("../../prisma/schema.prisma", import.meta.url));

/** What the types of the schema are in Postgres, with their attributes. */
const SQL_TYPES: Readonly<Record<string, string>> = {
  String: "text",
  "String @db.Uuid": "uuid",
  "String[]": "text[]",
  Boolean: "boolean",
  Int: "integer",
  BigInt: "bigint",
  Float: "double precision",
  "DateTime @db.Timestamptz(6)": "timestamp with time zone",
  Json: "jsonb",
  "Json @db.Json": "json",
  Bytes: "bytea",
};

let database: TestDatabase;

beforeAll(async () => {
  database = await cloneDatabase();
});

afterAll(() => database.drop());

/** `table.column type`, with `not null` and the position in the primary key where it has them. */
function described(schema: string): string[] {
  const lines: string[] = [];
  for (const [, body = ""] of schema.matchAll(/^model \w+ \{\n(.*?)^\}/gms)) {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1] ?? "";
    const together = /@@id\(\[(.*?)\]\)/.exec(body)?.[1]?.split(", ") ?? [];
    for (const line of body.split("\n").filter((text) => /^ {2}\w/.test(text))) {
      const [name = "", type = "", ...attributes] = line.trim().split(/\s+/);
      const column = /@map\("(\w+)"\)/.exec(line)?.[1] ?? name;
      const native = attributes.filter((attribute) => attribute.startsWith("@db."));
      const sqlType = SQL_TYPES[[type.replace("?", ""), ...native].join(" ")] ?? `unknown ${type}`;
      const key = attributes.includes("@id") ? 0 : together.indexOf(name);
      lines.push(columnLine({ table, column, type: sqlType, required: !type.endsWith("?"), key }));
    }
  }
  return lines.sort();
}

type Column = { table: string; column: string; type: string; required: boolean; key: number };

function columnLine({ table, column, type, required, key }: Column): string {
  const parts = [`${table}.${column}`, type, ...(required ? ["not null"] : [])];
  return [...parts, ...(key >= 0 ? [`key ${key}`] : [])].join(" ");
}

async function migrated(): Promise<string[]> {
  const { rows } = await database.pool.query<Column>(`
    select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
      a.attnotnull as required, coalesce(array_position(i.indkey::int2[], a.attnum), -1) as key
    from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      left join pg_index i on i.indrelid = c.oid and i.indisprimary
    where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
      and not c.relispartition and c.relname <> '_prisma_migrations'`);
  return rows.map(columnLine).sort();
}

test("prisma/schema.prisma describes the tables that the migrations make", async () => {
  expect(described(readFileSync(SCHEMA, "utf8"))).toEqual(await migrated());
});
