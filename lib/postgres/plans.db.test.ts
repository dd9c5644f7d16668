import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { keepLeaseClaims } from "@/lib/postgres/claims";
import { claimRevocation, leasesOfRevocation } from "@/lib/postgres/revocations";
import { authOf, dataOf, newWorld, ROOT_TOKEN, type World } from "@/lib/testing/world";

/** Rows of the tables that grow with each request, and of the others that grow with use. */
const ROWS = 100_000;
const FEWER_ROWS = 20_000;
const LARGE = [
  "audit_minute",
  "lease_sample",
  "token",
  "lease",
  "cubbyhole",
  "entity",
  "entity_alias",
  "replay_mark",
  "approle_secret_id",
  "audit_entry",
  "audit_batch",
  "token_ended",
  "lease_ended",
] as const;

/** Statements that every request, or the worker's every step, makes. */
const HOT = [
  "current_tokens",
  "token_by_hmac",
  "token_by_accessor",
  "grant_tokens",
  "renew_tokens",
  "spend_uses",
  "lock_token_tree",
  "end_tokens",
  "orphan_children",
  "expired_tokens",
  "token_accessors",
  "tokens_under",
  "tokens_of_auth_mount",
  "token_keys_under",
  "issue_leases",
  "renew_leases",
  "lease_by_id",
  "lease_keys_under",
  "leases_under",
  "end_leases",
  "due_leases",
  "has_many_leases",
  "mounts_with_due_leases",
  "claim_key_offs",
  "keep_lease_claims",
  "leases_of_revoked_prefix",
  "leases_of_revoked_token",
  "open_intent",
  "insert_audit_rows",
  "put_cubbyhole",
  "cubbyhole",
  "cubbyhole_paths",
  "ensure_alias",
  "secret_id",
  "put_secret_id",
  "login_failures",
];

const ACCOUNT = "111122223333";
const ROOT_KEY = { accessKeyId: "AKIAROOTROOTROOT0001", secretAccessKey: "secret-of-root" };
const ALLOW_ALL = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
};

type Statement = { text: string; values: unknown[] };

let world: World;
const seen = new Map<string, Statement>();

beforeAll(async () => {
  world = await newWorld();
  await configure();
  await fill();
  const listen = listenToStatements();
  await work();
  listen.stop();
}, 60_000);

afterAll(() => world.close());

async function configure(): Promise<void> {
  world.simulator.seed({
    accounts: [
      {
        id: ACCOUNT,
        users: [{ name: "root", accessKeys: [ROOT_KEY], inlinePolicies: { all: ALLOW_ALL } }],
      },
    ],
  });
  await world.ask("POST sys/mounts/aws", { type: "aws" });
  await world.ask("PUT aws/config/root", {
    access_key: ROOT_KEY.accessKeyId,
    secret_key: ROOT_KEY.secretAccessKey,
    region: "us-east-1",
    iam_endpoint: world.simulator.url,
    sts_endpoint: world.simulator.url,
  });
  await world.ask("PUT aws/roles/user", {
    credential_type: "iam_user",
    policy_document: JSON.stringify(ALLOW_ALL),
  });
  await world.ask("POST sys/auth/userpass", { type: "userpass" });
  await world.ask("POST auth/userpass/users/u", { password: "p4ssw0rd" });
  await world.ask("POST sys/auth/approle", { type: "approle" });
  await world.ask("POST auth/approle/role/r", {});
}

/** What a year of use might leave behind. */
async function fill(): Promise<void> {
  const hash = (text: string) => `sha256((${text})::bytea)`;
  for (const insert of [
    `insert into token (hmac, accessor, parent_hmac, policies, path, display_name, num_uses, creation_ttl_seconds,
       granted_ttl_seconds, explicit_max_ttl_seconds, period_seconds, renewable, expires_at, bound_cidrs, mount_id, leased)
     select ${hash("'t' || n")}, 'accessor-' || n, case when n % 3 = 0 then ${hash("'t' || (n - 1)")} end, '{default}',
       'auth/userpass/login/u' || n % 50, 'u', 0, 3600, 3600, 0, 0, true, now() + n * interval '1 second', '{}', m.id, true
     from generate_series(1, ${ROWS}) n, mount m where m.path = 'userpass/'`,
    `insert into lease (id, mount_id, role, kind, token_hmac, holder, access_key_id, handle, needs_undo, renewable, expires_at, next_attempt_at)
     select 'aws/creds/r' || n % 50 || '/' || lpad(n::text, 24, '0'), m.id, 'r' || n % 50, 'assumed_role', ${hash("'t' || n")},
       '{}', 'ASIA' || n, '{}', false, true, now() + n * interval '1 second', now() + n * interval '1 second'
     from generate_series(1, ${ROWS}) n, mount m where m.path = 'aws/'`,
    `insert into cubbyhole (token_hmac, path, sealed) select ${hash("'t' || n")}, 'p', 'x' from generate_series(1, ${FEWER_ROWS}) n`,
    `insert into entity (id, name) select gen_random_uuid(), 'e' || n from generate_series(1, ${FEWER_ROWS}) n`,
    `insert into entity_alias (id, entity_id, mount_accessor, name, metadata)
     select gen_random_uuid(), id, 'mount-' || substr(name, 2)::int % 50, name, '{}' from entity`,
    `insert into replay_mark (mount_id, role_id, mac)
     select gen_random_uuid(), gen_random_uuid(), ${hash("'r' || n")} from generate_series(1, ${FEWER_ROWS}) n`,
    `insert into approle_secret_id (mount_id, role, hmac, accessor, num_uses, cidr_list, token_bound_cidrs, metadata)
     select m.id, 'r' || n % 50, ${hash("'s' || n")}, 's' || n, 0, '{}', '{}', '{}'
     from generate_series(1, ${FEWER_ROWS}) n, mount m where m.path = 'approle/'`,
    `insert into audit_entry (at, writer, seq, kind, request_id, operation, path, status, accessor, entry)
     select now() - n * interval '1 millisecond', '00000000-0000-4000-8000-000000000001', n, 'both', gen_random_uuid(), 'read',
       'aws/creds/r' || n % 50, 200, 'accessor-' || n, '{}' from generate_series(1, ${ROWS}) n`,
    `insert into audit_batch (writer, no, first_seq, count, hash, prev)
     select '00000000-0000-4000-8000-000000000001', n, n, 1, 'x', 'x' from generate_series(1, ${FEWER_ROWS}) n`,
    `insert into token_ended (accessor, path, display_name, policies, issued_at, reason)
     select 'old-' || n, 'p', 'u', '{}', now(), 'expired' from generate_series(1, ${FEWER_ROWS}) n`,
    `insert into lease_ended (id, mount_id, role, kind, holder, handle, issued_at, expires_at, attempts, outcome)
     select 'old-' || n, gen_random_uuid(), 'r', 'k', '{}', '{}', now(), now(), 0, 'expired' from generate_series(1, ${FEWER_ROWS}) n`,
  ]) {
    await world.pool.query(insert);
  }
  await world.pool.query("analyze");
}

/** Keeps the first use of each statement that goes to the server from now on. */
function listenToStatements(): { stop(): void } {
  const send = Reflect.get(pg.Client.prototype, "query") as (...args: unknown[]) => unknown;
  Reflect.set(
    pg.Client.prototype,
    "query",
    function (this: pg.Client, query: unknown, ...rest: unknown[]) {
      note(query);
      return send.call(this, query, ...rest);
    },
  );
  return { stop: () => void Reflect.set(pg.Client.prototype, "query", send) };
}

function note(query: unknown): void {
  if (typeof query !== "object" || query === null) return;
  const { name, text, values } = query as { name?: unknown; text?: unknown; values?: unknown };
  if (typeof name !== "string" || typeof text !== "string" || seen.has(name)) return;
  seen.set(name, { text, values: Array.isArray(values) ? values : [] });
}

async function work(): Promise<void> {
  await useTokens();
  await useLeases();
  await logIn();
  await world.ask("PUT cubbyhole/a", { a: 1 });
  await world.ask("GET cubbyhole/a");
  await world.ask("LIST cubbyhole");
  await world.worker.expireTokens();
  await world.worker.revokeDueLeases();
  await world.worker.undoLapsedIntents();
  await keepLeaseClaims(world.pool, ["00000000-0000-4000-8000-000000000001"]);
}

async function useTokens(): Promise<void> {
  const { token, accessor } = await world.newToken({ num_uses: 5 });
  await world.ask("GET auth/token/lookup-self", undefined, token);
  await world.ask("POST auth/token/lookup-accessor", { accessor });
  const renewed = await world.newToken();
  await world.ask("POST auth/token/renew", { token: renewed.token });
  await world.ask("LIST auth/token/accessors");
  await world.ask("POST auth/token/revoke", { token });
  await world.ask("POST auth/token/revoke-orphan", { token: renewed.token });
  await world.ask("LIST sys/leases/lookup/auth/userpass/login");
  await world.ask("PUT sys/leases/lookup", { lease_id: `auth/token/create/h${"0".repeat(64)}` });
  await world.ask("PUT sys/leases/revoke-prefix/auth/nowhere");
}

async function useLeases(): Promise<void> {
  const issued = await world.ask("GET aws/creds/user");
  const id = issued.body?.["lease_id"];
  await world.ask("PUT sys/leases/lookup", { lease_id: id });
  await world.ask("PUT sys/leases/renew", { lease_id: id });
  await world.ask("LIST sys/leases/lookup/aws/creds");
  await world.ask("PUT sys/leases/revoke", { lease_id: id, sync: false });
  await world.ask("PUT sys/leases/revoke", { lease_id: `aws/creds/r0/${"50".padStart(24, "0")}` });
  await world.ask("PUT sys/leases/revoke-prefix/aws/creds/none", { sync: false });
  await world.ask("PUT sys/leases/revoke-prefix/aws/creds/r1", { sync: false });
  await world.ask("PUT sys/leases/revoke-prefix/aws/creds/none");
  const queued = await claimRevocation(world.pool, "00000000-0000-4000-8000-000000000001");
  if (queued === null) throw new Error("nothing was queued");
  await leasesOfRevocation(world.pool, queued, 250);
  await leasesOfRevocation(world.pool, { ...queued, prefix: null, tokenHmac: "00" }, 250);
}

async function logIn(): Promise<void> {
  await world.ask("POST auth/userpass/login/u", { password: "p4ssw0rd" }, "");
  await world.ask("POST auth/userpass/login/u", { password: "wrong" }, "");
  const role = dataOf(await world.ask("GET auth/approle/role/r/role-id"));
  const secret = dataOf(await world.ask("POST auth/approle/role/r/secret-id", {}));
  const ids = { role_id: role["role_id"], secret_id: secret["secret_id"] };
  const login = await world.ask("POST auth/approle/login", ids, "");
  await world.ask("POST auth/token/revoke", { token: authOf(login)["client_token"] }, ROOT_TOKEN);
  await world.ask("DELETE sys/auth/approle");
}

type PlanNode = { "Node Type": string; "Relation Name"?: string; Plans?: PlanNode[] };

/** Large tables that a plan reads from end to end. */
async function scannedWhole({ text, values }: Statement): Promise<string[]> {
  const client = await world.pool.connect();
  try {
    const result = await client.query<{ "QUERY PLAN": { Plan: PlanNode }[] }>(
      `explain (format json) ${text}`,
      values,
    );
    const scanned: string[] = [];
    const walk = (node: PlanNode): void => {
      const table = node["Relation Name"] ?? "";
      const isLarge = LARGE.some((large) => table === large || table.startsWith(`${large}_2`));
      if (node["Node Type"] === "Seq Scan" && isLarge) scanned.push(table);
      for (const child of node.Plans ?? []) walk(child);
    };
    for (const { Plan } of result.rows[0]?.["QUERY PLAN"] ?? []) walk(Plan);
    return scanned;
  } finally {
    client.release();
  }
}

test("the statements that everybody waits for were all made", () => {
  expect(HOT.filter((name) => !seen.has(name))).toEqual([]);
});

test("no statement of a request or of the worker reads a large table from end to end", async () => {
  const scans: string[] = [];
  for (const [name, statement] of seen) {
    for (const table of await scannedWhole(statement)) scans.push(`${name} reads all of ${table}`);
  }

  expect(scans).toEqual([]);
});
