import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask } from "@/bench/rig/api";
import { HttpConnection } from "@/bench/rig/http-connection";
import { type Rig, startRig, startWorkloads } from "@/bench/campaign/campaign";
import { ROOT_TOKEN } from "@/bench/campaign/installation";
import { judge, leaseholdUsers, readLedger } from "@/bench/campaign/judge";
import { letClaimsLapse, settle } from "@/bench/campaign/settle";

const WORKLOADS = 8;
/** The campaigns grow with it: `SCALE=30 npx vitest run --project contract bench`. */
const SCALE = Number(process.env["SCALE"] ?? 1);
const MINUTES = 60_000;
const PATIENCE_MS = 30_000;

/** Two instances on one database, one AWS. */
let rig: Rig;

beforeAll(async () => {
  rig = await startRig(2, WORKLOADS);
}, 2 * MINUTES);

afterAll(() => rig.stop());

/** Work goes on before, during and after `trouble`; then everything must add up. */
async function expectSoundAfter(trouble: () => Promise<void>): Promise<void> {
  const workloads = startWorkloads(rig, WORKLOADS);
  await moreLeases();

  await trouble();

  await Promise.all(rig.servers.map((server) => server.ready()));
  await moreLeases();
  await workloads.stop();
  await letClaimsLapse(rig.pool);
  await settle(rig.pool);
  const { violations } = await judge(rig);
  expect(violations).toEqual([]);
}

/** Resolves once work is really done again. */
async function moreLeases(): Promise<void> {
  const wanted = rig.journal.leases.length + WORKLOADS;
  const deadline = Date.now() + PATIENCE_MS;
  while (rig.journal.leases.length < wanted) {
    if (Date.now() > deadline) throw new Error(JSON.stringify(rig.journal.counts()));
    await pause(50);
  }
}

test("a token revoked through one instance is refused by the other at the next request", async () => {
  const [one, other] = rig.urls.map((url) => new HttpConnection(url));
  if (one === undefined || other === undefined) throw new Error("there are two instances");
  const created = await ask(one, "POST auth/token/create", { token: ROOT_TOKEN, body: {} });
  const token = /"client_token":"([^"]+)"/.exec(created.body)?.[1] ?? "";
  const before = await ask(other, "GET auth/token/lookup-self", { token });

  await ask(one, "PUT auth/token/revoke-self", { token });

  const after = await ask(other, "GET auth/token/lookup-self", { token });
  expect([before.status, after.status]).toEqual([200, 403]);
});

test(
  "T131 T145 kills at random points leave no user without a lease, no lease without an entry, and lose nothing acknowledged",
  { timeout: 2 * MINUTES * SCALE },
  async () => {
    await expectSoundAfter(async () => {
      for (let kill = 0; kill < 6 * SCALE; kill += 1) {
        const server = rig.servers[kill % 2];
        // Now and then while it starts.
        if (kill % 3 > 0) await server?.ready();
        await pause(Math.random() * 1000);
        await server?.kill();
        server?.start();
      }
    });
  },
);

test(
  "T134 connections cut at any moment leave no effect twice, and none lost",
  { timeout: 2 * MINUTES * SCALE },
  async () => {
    await expectSoundAfter(async () => {
      for (let cut = 0; cut < 10 * SCALE; cut += 1) {
        await pause(Math.random() * 400);
        await rig.pool.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'leasehold'`,
        );
      }
    });
  },
);

test(
  "T135 an immediate stop of Postgres under load keeps what was acknowledged, and undoes the rest",
  { timeout: 2 * MINUTES * SCALE },
  async () => {
    await expectSoundAfter(async () => {
      for (let stop = 0; stop < SCALE; stop += 1) {
        await pause(500 + Math.random() * 500);
        await rig.restartDatabase();
      }
    });
  },
);

test(
  "T143 an instance that was frozen while others took its work over does no harm when it wakes",
  { timeout: 2 * MINUTES * SCALE },
  async () => {
    await expectSoundAfter(async () => {
      for (let freeze = 0; freeze < 2 * SCALE; freeze += 1) {
        const server = rig.servers[freeze % 2];
        server?.freeze();
        await pause(300);
        await letClaimsLapse(rig.pool);
        await pause(1500);
        server?.thaw();
        await pause(500);
      }
    });
  },
);

test(
  "T133 all instances killed in the middle of a burst: the one that starts ten minutes later leaves no user behind",
  { timeout: 2 * MINUTES },
  async () => {
    await expectSoundAfter(async () => {
      await Promise.all(rig.servers.map((server) => server.kill()));
      await rig.pool.query(`
      update intent set opened_at = opened_at - interval '10 minutes',
        locked_until = locked_until - interval '10 minutes',
        next_attempt_at = next_attempt_at - interval '10 minutes'`);
      for (const server of rig.servers) server.start();
    });
  },
);

test(
  "T169 leases that fall due at one moment are each ended once, whichever instance takes them",
  { timeout: 2 * MINUTES },
  async () => {
    const before = await readLedger(rig.simulatorUrl);

    await rig.pool.query(`update lease set next_attempt_at = now(), expires_at = now()`);
    await settle(rig.pool);

    const after = await readLedger(rig.simulatorUrl);
    const deletions = (ledger: typeof after) => ledger.calls["iam:DeleteUser"]?.total ?? 0;
    const users = leaseholdUsers(before).length;
    expect(users).toBeGreaterThan(0);
    expect(deletions(after) - deletions(before)).toBe(users);
    expect(leaseholdUsers(after)).toEqual([]);
  },
);
