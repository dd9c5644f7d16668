import { expect, test } from "vitest";
import { refusedLogins } from "@/lib/console/overview-refused";

const entry = (path: string, error: string | null, more: object = {}) => ({
  at: "2026-11-24T15:00:00Z",
  request_id: "r",
  path,
  status: 400,
  outcome: "refused",
  mount_path: "auth/aws/",
  remote_address: "10.0.0.1",
  role: "ci",
  error,
  ...more,
});

test("refused logins with the same cause are one line, most frequent first, the newest named", () => {
  const found = refusedLogins({
    entries: [
      entry("auth/aws/login", "not bound"),
      entry("auth/aws/login", "signed 312 s ago", { request_id: "newest" }),
      entry("auth/aws/login", "signed 290 s ago", { request_id: "older" }),
      entry("auth/aws/login", "not bound", { remote_address: "10.0.0.2" }),
      entry("auth/userpass/login/ann", null, { role: null, mount_path: "auth/userpass/" }),
      entry("auth/aws/role/ci", "no such role"),
    ],
    next_cursor: null,
  });

  expect(found).toMatchObject({ total: 5, isMore: false });
  expect(found.causes.map(({ cause, role, count }) => [cause, role, count])).toEqual([
    ["signed 312 s ago", "ci", 2],
    ["not bound", "ci", 1],
    ["not bound", "ci", 1],
    ["answered 400", "ann", 1],
  ]);
  expect(found.causes[0]).toMatchObject({ lastRequestId: "newest" });
});

test("says when there is more than was looked at", () => {
  expect(refusedLogins({ entries: [], next_cursor: "x" })).toMatchObject({ isMore: true });
});
