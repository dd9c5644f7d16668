import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { claimJobItems } from "@/lib/postgres/jobs";
import { draw, enableAwsMounts, tokenWith } from "@/lib/testing/aws-secrets-mounts";
import { cursorOf, dataOf, errorOf, newWorld, type Said, type World } from "@/lib/testing/world";

let world: World;
let onCall: string;
let limited: string;
/** What each test ends is drawn by it, so that jobs do not meet. */
let sessions: string[];
let user: string;

beforeAll(async () => {
  world = await newWorld();
  await enableAwsMounts(world, ["aws", "team"]);
  onCall = await tokenWith(
    world,
    "on-call",
    `path "sys/leasehold/jobs*" { capabilities = ["create", "read", "list"] }
     path "+/roles/*" { capabilities = ["read"] }`,
  );
  limited = await tokenWith(
    world,
    "limited",
    `path "sys/leasehold/jobs*" { capabilities = ["create", "read"] }
     path "team/roles/*" { capabilities = ["read"] }`,
  );
});

afterAll(() => world.close());

beforeEach(async () => {
  world.simulator.faults.set([]);
  await world.pool.query("delete from lease");
  await world.pool.query("delete from job");
  sessions = [await draw(world, "aws/creds/app"), await draw(world, "aws/creds/app")];
  user = await draw(world, "aws/creds/build");
});

const create = (body: Record<string, unknown>, token = onCall): Promise<Said> =>
  world.ask("POST sys/leasehold/jobs", body, token);

const read = (id: string, query = "", token = onCall): Promise<Said> =>
  world.ask(`GET sys/leasehold/jobs/${id}${query}`, undefined, token);

const WHY = { reason: "the key leaked" };

async function started(body: Record<string, unknown>): Promise<string> {
  const said = await create({ ...WHY, ...body });
  expect([said.status, errorOf(said)]).toEqual([200, ""]);
  return String(dataOf(said)["id"]);
}

async function workOff(instance: Pick<World, "worker"> = world): Promise<void> {
  while (await instance.worker.workOffJobs());
}

describe("the preview", () => {
  test("tells how many would end, and what that means for each credential type", async () => {
    const said = await create({ mount: "aws", dry_run: true });
    expect(dataOf(said)).toMatchObject({
      dry_run: true,
      total: 3,
      groups: [
        { credential_type: "assumed_role", count: 2, stops_at_aws: false, mount_path: "aws/" },
        { credential_type: "iam_user", count: 1, stops_at_aws: true, aws_honours_until: null },
      ],
    });
    const [group] = dataOf(said)["groups"] as { aws_honours_until: string }[];
    expect(Date.parse(group?.aws_honours_until ?? "")).toBeGreaterThan(Date.now());
    expect(await world.countRows("job")).toBe(0);
    expect(await world.countRows("lease")).toBe(3);
  });
});

describe("a job", () => {
  test("ends all that match, in the background, and tells what came of each", async () => {
    const id = await started({ mount: "aws", expected: 3 });
    expect(dataOf(await read(id))).toMatchObject({
      state: "running",
      total: 3,
      waiting: 3,
      reason: "the key leaked",
      asked_by: "token",
    });
    await workOff();
    const data = dataOf(await read(id));
    expect(data).toMatchObject({ state: "done", done: 3, failed: 0, waiting: 0 });
    expect(data["outcomes"]).toMatchObject([
      { outcome: "ended_here", count: 2, aws_honours_until: expect.any(String) as string },
      { outcome: "stopped_at_aws", count: 1, aws_honours_until: null },
    ]);
    expect(dataOf(await read(id, "?outcome=stopped_at_aws"))["items"]).toMatchObject([
      { lease_id: user },
    ]);
    expect(data["items"]).toMatchObject(
      [user, ...sessions].sort().map((lease_id) => ({
        lease_id,
        state: "done",
        outcome: lease_id === user ? "stopped_at_aws" : "ended_here",
      })),
    );
    expect(await world.countRows("lease")).toBe(0);
    const told = await world.countRows(
      "audit_entry",
      `operation = 'lease.revoked' and entry #>> '{detail,job_id}' = '${id}'`,
    );
    expect(told).toBe(3);
  });

  test("ends leases by id, and no others", async () => {
    const id = await started({ ids: [sessions[0], user], expected: 2 });
    await workOff();
    expect(dataOf(await read(id))).toMatchObject({ state: "done", done: 2 });
    expect(await world.countRows("lease", `id = '${sessions[1] ?? ""}'`)).toBe(1);
  });

  test("leaves alone what was issued after the preview", async () => {
    const preview = dataOf(await create({ kind: "assumed_role", dry_run: true }));
    const late = await draw(world, "aws/creds/app");
    const id = await started({ kind: "assumed_role", as_of: preview["as_of"], expected: 2 });
    await workOff();
    expect(dataOf(await read(id))).toMatchObject({ total: 2, done: 2 });
    expect(await world.countRows("lease", `id = '${late}'`)).toBe(1);
  });

  test("says of what ended meanwhile that it had ended", async () => {
    const id = await started({ kind: "assumed_role", expected: 2 });
    await world.ask("PUT sys/leases/revoke", { lease_id: sessions[0] });
    await workOff();
    const { items } = dataOf(await read(id)) as { items: Record<string, unknown>[] };
    const outcomes = new Map(items.map((item) => [item["lease_id"], item["outcome"]]));
    expect([outcomes.get(sessions[0]), outcomes.get(sessions[1])]).toEqual([
      "already_ended",
      "ended_here",
    ]);
  });

  test("keeps why a lease could not be ended, and tries again when told to", async () => {
    world.simulator.faults.set([
      { effect: "error", service: "iam", status: 403, code: "AccessDenied", message: "no" },
    ]);
    const id = await started({ mount: "aws", expected: 3 });
    await workOff();
    const failed = dataOf(await read(id, "?state=failed"));
    expect(failed).toMatchObject({ state: "failed", done: 2, failed: 1 });
    expect(failed["items"]).toMatchObject([
      { lease_id: user, error: expect.stringContaining("AccessDenied") as string },
    ]);
    expect(await world.countRows("lease", `id = '${user}'`)).toBe(1);
    world.simulator.faults.set([]);
    const again = await world.ask(`POST sys/leasehold/jobs/${id}/retry`, {}, onCall);
    expect(again.status).toBe(200);
    expect(dataOf(await read(id))).toMatchObject({ state: "running", waiting: 1, failed: 0 });
    await workOff();
    expect(dataOf(await read(id))).toMatchObject({ state: "done", done: 3 });
    const nothing = await world.ask(`POST sys/leasehold/jobs/${id}/retry`, {}, onCall);
    expect([nothing.status, errorOf(nothing)]).toEqual([400, "nothing in this job has failed"]);
  });

  test("goes on in another process when one dies with it, and ends nothing twice", async () => {
    const id = await started({ mount: "aws", expected: 3 });
    await claimJobItems(world.pool, "00000000-0000-0000-0000-000000000001", 2);
    const other = await world.secondInstance();
    await workOff(other);
    expect(dataOf(await read(id))).toMatchObject({ state: "running", done: 1, waiting: 2 });
    await world.pool.query("update job_item set locked_until = now() where state = 'waiting'");
    await Promise.all([workOff(), workOff(other)]);
    expect(dataOf(await read(id))).toMatchObject({ state: "done", done: 3 });
    expect(await world.countRows("lease_ended", `id = '${user}'`)).toBe(1);
  });

  test("waits for a lease that somebody else is ending", async () => {
    const id = await started({ kind: "iam_user", expected: 1 });
    await world.pool.query(
      `update lease set fence = gen_random_uuid(), locked_until = now() + interval '30 s' where id = $1`,
      [user],
    );
    await workOff();
    expect(dataOf(await read(id))).toMatchObject({ state: "running", waiting: 1 });
    await world.pool.query(`update lease set locked_until = now() where id = $1`, [user]);
    await world.pool.query(`update job_item set next_attempt_at = now()`);
    await workOff();
    expect(dataOf(await read(id))).toMatchObject({ state: "done" });
  });

  test("is refused without a reason, a number, or when other than that number match", async () => {
    const refusals: [Record<string, unknown>, string][] = [
      [{ mount: "aws", expected: 3, reason: " " }, "a reason is needed"],
      [{ ...WHY, mount: "aws" }, "expected must say how many leases are to end"],
      [{ ...WHY, mount: "aws", expected: 2 }, "2 leases were expected to end, but 3 match"],
      [{ ...WHY, expected: 3 }, "name ids or a filter, or say that all leases are meant"],
      [
        { ...WHY, ids: [user], kind: "iam_user", expected: 1 },
        "leases are chosen by ids or by filter, not by both",
      ],
      [
        { ...WHY, ids: ["aws/creds/app/none"], expected: 1 },
        "there is no lease aws/creds/app/none",
      ],
      [{ ...WHY, role: "nothing", expected: 0 }, "no lease matches"],
      [{ ...WHY, mount: "aws", action: "deny", expected: 3 }, "action must be one of revoke"],
      [
        { ...WHY, mount: "aws", as_of: "2999-01-01T00:00:00Z", expected: 3 },
        "as_of is in the future",
      ],
    ];
    for (const [body, text] of refusals) expect(errorOf(await create(body))).toBe(text);
    expect(await world.countRows("job")).toBe(0);
    expect((await create({ ...WHY, all: true, expected: 3 })).status).toBe(200);
  });

  test("reaches the mounts that the caller's policies reach", async () => {
    const foreign = await draw(world, "team/creds/app");
    expect(dataOf(await create({ kind: "assumed_role", dry_run: true }, limited))).toMatchObject({
      total: 1,
      groups: [{ mount_path: "team/" }],
    });
    expect((await create({ ids: [user], dry_run: true }, limited)).status).toBe(404);
    const id = await started({ kind: "assumed_role", expected: 3 });
    expect(dataOf(await read(id, "", limited))["items"]).toMatchObject([{ lease_id: foreign }]);
  });

  test("needs the capability to create", async () => {
    const blind = await tokenWith(
      world,
      "blind",
      `path "sys/leasehold/jobs*" { capabilities = ["read", "update"] }
       path "sys/leases/revoke" { capabilities = ["update"] }`,
    );
    expect((await create({ mount: "aws", dry_run: true }, blind)).status).toBe(403);
    const id = await started({ mount: "aws", expected: 3 });
    expect((await world.ask(`POST sys/leasehold/jobs/${id}/retry`, {}, blind)).status).toBe(403);
    expect((await read(id, "", blind)).status).toBe(200);
    expect((await read(id, "", limited)).status).toBe(200);
  });
});

describe("lists", () => {
  test("of jobs are walked by cursor, newest first", async () => {
    const ids: string[] = [];
    for (const lease of [...sessions, user])
      ids.unshift(await started({ ids: [lease], expected: 1 }));
    const seen: unknown[] = [];
    let cursor = "";
    do {
      const said = await world.ask(
        `GET sys/leasehold/jobs?limit=1&cursor=${cursor}`,
        undefined,
        onCall,
      );
      const jobs = dataOf(said)["jobs"] as { id: string }[];
      seen.push(...jobs.map((job) => job.id));
      cursor = cursorOf(said);
    } while (cursor !== "");
    expect(seen).toEqual(ids);
    const listed = await world.ask("LIST sys/leasehold/jobs", undefined, onCall);
    expect(dataOf(listed)["keys"]).toEqual(ids);
  });

  test("of a job's leases are walked by cursor", async () => {
    const id = await started({ mount: "aws", expected: 3 });
    const seen: unknown[] = [];
    let cursor = "";
    do {
      const said = await read(id, `?limit=2&cursor=${cursor}`);
      seen.push(...(dataOf(said)["items"] as { lease_id: string }[]).map((item) => item.lease_id));
      cursor = cursorOf(said);
    } while (cursor !== "");
    expect(seen).toEqual([user, ...sessions].sort());
    expect(errorOf(await read(id, "?state=lost"))).toBe(
      "state must be one of , waiting, done, failed",
    );
  });

  test("have nothing to tell of what is not there", async () => {
    expect((await read("00000000-0000-0000-0000-000000000000")).status).toBe(404);
    expect((await read("abc")).status).toBe(404);
    expect((await world.ask("LIST sys/leasehold/jobs")).status).toBe(404);
  });
});
