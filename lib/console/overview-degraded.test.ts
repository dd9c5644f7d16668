import { expect, test } from "vitest";
import { Health } from "@/lib/console/admin-health";
import { degradedOf } from "@/lib/console/overview-degraded";

const AT = "2026-11-24T15:00:00Z";

function health(changed: {
  latency?: number;
  unreachable?: boolean;
  failingSince?: string | null;
}) {
  return Health.parse({
    as_of: AT,
    database: {
      latency_ms: changed.latency ?? 1,
      pool: { max: 10, open: 2, idle: 2, waiting: 0 },
    },
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
    search: { indexed_until: AT },
    audit: {
      stray_entries: false,
      file_folders: [],
      devices: [
        {
          path: "disk/",
          type: "file",
          failures: 0,
          waiting: 0,
          lost: 0,
          last_written_at: null,
          failing_since: changed.failingSince ?? null,
          last_error: "",
        },
      ],
    },
    instances: [],
    aws: [
      {
        service: "sts",
        calls: 3,
        recent_ms: null,
        errors: {},
        throttled: 0,
        unreachable: changed.unreachable ?? false,
      },
    ],
  });
}

const refusal = (kind: "forbidden" | "unavailable", message: string) => ({
  ok: false as const,
  refusal: { kind, message, requestId: "r", capability: "read", path: "sys/leasehold/health" },
});

test.each([
  ["nothing", { ok: true as const, data: health({}) }, []],
  ["AWS away", { ok: true as const, data: health({ unreachable: true }) }, ["aws"]],
  ["a slow database", { ok: true as const, data: health({ latency: 300 }) }, ["database"]],
  ["a failing device", { ok: true as const, data: health({ failingSince: AT }) }, ["audit"]],
  ["sealed", refusal("unavailable", "Vault is sealed"), ["sealed"]],
  ["a database that is away", refusal("unavailable", "the database does not answer"), ["blocked"]],
  ["no right to know", refusal("forbidden", "permission denied"), []],
])("says what follows from %s", (_name, read, expected) => {
  expect(degradedOf(read, false).map(({ id }) => id)).toEqual(expected);
});

test("that nobody answers outweighs what was known before", () => {
  const before = { ok: true as const, data: health({ unreachable: true }) };

  expect(degradedOf(before, true).map(({ id }) => id)).toEqual(["answer"]);
});
