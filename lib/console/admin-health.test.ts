import { describe, expect, test } from "vitest";
import { figuresOf, type Health, isSilent, worstOf } from "@/lib/console/admin-health";

const WELL: Health = {
  as_of: "2026-11-24T12:00:00.000Z",
  database: { latency_ms: 0.4, pool: { max: 20, open: 3, idle: 2, waiting: 0 } },
  leases: {
    due: 0,
    due_is_more: false,
    oldest_due_at: null,
    oldest_due_seconds: null,
    irrevocable: 0,
    irrevocable_is_more: false,
  },
  intents: { open: 0, open_is_more: false, oldest_at: null, oldest_seconds: null },
  jobs: { waiting_leases: 0, waiting_leases_is_more: false },
  search: { indexed_until: "2026-11-24T11:59:58.000Z" },
  audit: { stray_entries: false, file_folders: ["/var/log"], devices: [] },
  instances: [
    {
      id: "one",
      is_self: true,
      hostname: "host",
      started_at: "2026-11-24T11:00:00.000Z",
      seen_at: "2026-11-24T11:59:59.000Z",
      clock_offset_ms: 3,
    },
  ],
  aws: ["sts", "iam"].map((service) => ({
    service,
    calls: 9,
    recent_ms: { min: 1, max: 9, p50: 4, p90: 8 },
    errors: {},
    throttled: 0,
  })),
};

const figure = (health: Health, id: string) => figuresOf(health).find((one) => one.id === id);

describe("the figures of the health page", () => {
  test("are all well where all is well", () => {
    expect(worstOf(figuresOf(WELL).map(({ verdict }) => verdict))).toBe("ok");
  });

  test("say since how long the oldest lease is due, not how many are", () => {
    const many = { ...WELL, leases: { ...WELL.leases, due: 5000, oldest_due_seconds: 12 } };
    const old = { ...WELL, leases: { ...WELL.leases, due: 1, oldest_due_seconds: 601 } };

    expect(figure(many, "due")?.verdict).toBe("ok");
    expect(figure(old, "due")?.verdict).toBe("error");
  });

  test("call a service that was not asked unknown, never well", () => {
    const quiet = { ...WELL, aws: [] };

    expect(figure(quiet, "STS-latency")).toMatchObject({
      verdict: "unknown",
      value: "no call in the last minute",
    });
  });

  test("name a device that takes nothing", () => {
    const device = {
      path: "file/",
      type: "file",
      failures: 9,
      waiting: 12,
      lost: 3,
      last_written_at: null,
      failing_since: "2026-11-24T11:58:00.000Z",
      last_error: "no space left",
    };
    const failing = { ...WELL, audit: { ...WELL.audit, devices: [device] } };

    expect(figure(failing, "audit")).toMatchObject({
      verdict: "error",
      value: "file/ takes nothing; 3 lines lost by devices",
    });
  });

  test.each([
    [4, "warning"],
    [0, "ok"],
  ] as const)("with %i requests waiting for a connection is %s", (waiting, verdict) => {
    const pool = { ...WELL.database.pool, waiting };

    expect(figure({ ...WELL, database: { latency_ms: 1, pool } }, "pool")?.verdict).toBe(verdict);
  });

  test("an instance is silent after its signs of life should have come", () => {
    expect(isSilent("2026-11-24T11:59:30.000Z", WELL.as_of)).toBe(true);
    expect(isSilent("2026-11-24T11:59:55.000Z", WELL.as_of)).toBe(false);
  });
});
