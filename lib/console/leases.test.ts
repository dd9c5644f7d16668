import { expect, test } from "vitest";
import type { Lease } from "@/lib/console/leases";
import { exportHead, exportLines } from "@/lib/console/leases-export";
import { fixOf } from "@/lib/console/leases-fixes";
import { lifetimeOf } from "@/lib/console/leases-lifetime";
import {
  clockText,
  endOf,
  isHonoured,
  revokeLabel,
  shownState,
  stateSentence,
} from "@/lib/console/leases-words";

const NOW = Date.parse("2026-11-24T15:30:00Z");

const SESSION: Lease = {
  lease_id: "aws/creds/app/1",
  state: "active",
  mount_path: "aws/",
  mount_accessor: "aws_1",
  role: "app",
  credential_type: "assumed_role",
  holder: '=HYPERLINK("x")',
  principal: null,
  accessor: "acc",
  entity_id: null,
  account: "111122223333",
  access_key_id: "ASIAEXAMPLE",
  user_name: null,
  role_arn: "arn:aws:iam::111122223333:role/app",
  session_name: "s,1",
  aws_user_id: null,
  stops_at_aws: false,
  denial_state: null,
  renewable: false,
  issued_at: "2026-11-24T15:00:00.000Z",
  expires_at: "2026-11-24T16:00:00.000Z",
  ends_by: "aws_session",
  last_renewed_at: null,
  aws_ends_at: "2026-11-24T16:00:01.000Z",
  token_ends_at: "2026-11-24T18:00:00.000Z",
  attempts: 0,
  next_attempt_at: null,
  last_error: null,
  irrevocable_at: null,
  ended_at: null,
  outcome: null,
};
const ENDED: Lease = {
  ...SESSION,
  state: "ended",
  outcome: "revoked",
  ended_at: "2026-11-24T15:20:00.000Z",
};
const USER: Lease = {
  ...SESSION,
  credential_type: "iam_user",
  stops_at_aws: true,
  aws_ends_at: null,
  user_name: "u",
};
const DENIABLE: Lease = { ...SESSION, stops_at_aws: true };

test("cells of an export are no formulas, and keep their commas", () => {
  const cells = exportLines([SESSION], "csv");

  expect(cells).toContain(`"'=HYPERLINK(""x"")"`);
  expect(cells).toContain('"s,1"');
  expect(cells).toContain("2026-11-24T15:00:00.000Z");
  expect(cells.trim().split("\n")).toHaveLength(1);
  expect(exportHead("csv")).toMatch(/^lease_id,/);
});

test("lines of JSON are whole leases, without a head", () => {
  expect(JSON.parse(exportLines([SESSION], "jsonl"))).toEqual(SESSION);
  expect(exportHead("jsonl")).toBe("");
});

test("a button says what revoking does, and until when AWS goes on", () => {
  expect(revokeLabel(USER, NOW)).toBe("Delete the IAM user");
  expect(revokeLabel(SESSION, NOW)).toBe("Forget lease (stays valid at AWS until 16:00 UTC)");
  expect(revokeLabel(SESSION, Date.parse("2026-11-24T17:00:00Z"))).toBe(
    "Forget lease (over at AWS)",
  );
});

test("what ended here is shown as valid while AWS honours it", () => {
  expect(shownState(ENDED, NOW)).toBe("valid_at_aws");
  expect(shownState(ENDED, Date.parse("2026-11-24T17:00:00Z"))).toBe("revoked");
  expect(shownState({ ...USER, last_error: "AccessDenied" }, NOW)).toBe("stuck");
  expect(stateSentence(ENDED, NOW)).toBe(
    "Revoked at 15:20 UTC. The AWS session stays valid until 16:00 UTC. Only a deny at AWS stops it earlier.",
  );
});

test("a day that is not today is named", () => {
  expect(clockText("2026-11-25T08:05:00Z", NOW)).toBe("2026-11-25 08:05 UTC");
});

test("a token that ends first ends the lease", () => {
  const bound: Lease = { ...SESSION, ends_by: "token", token_ends_at: "2026-11-24T15:40:00.000Z" };

  expect(endOf(bound).at).toBe("2026-11-24T15:40:00.000Z");
});

test("of limits that fall together the one nearest to the caller binds; far ones lie beyond the bar", () => {
  const limits = [
    { term: "lease", at: SESSION.expires_at },
    { term: "aws_session", at: "2026-11-24T16:00:01.000Z" },
    { term: "token", at: "2026-11-24T18:00:00.000Z" },
    { term: "role_default", at: SESSION.expires_at },
    { term: "mount_max", at: "2026-12-26T15:00:00.000Z" },
  ];

  const { marks, now } = lifetimeOf(SESSION, limits, NOW);

  expect(marks.filter((mark) => mark.binds).map((mark) => mark.term)).toEqual(["role_default"]);
  expect(marks.find((mark) => mark.term === "mount_max")?.place).toBeNull();
  expect(now).toBeGreaterThan(0.1);
});

test.each([
  ["AccessDenied: User is not authorized to perform iam:DeleteUser", /lacks a right/],
  ["InvalidClientTokenId: The security token is invalid", /no longer valid/],
  ["DeleteConflict: Cannot delete entity, must delete login profile first", /by hand/],
  ["something else", /tried again/],
])("%s has its fix", (error, fix) => {
  expect(fixOf(error)).toMatch(fix);
});

test("a session that its mount denies is stopped, and said to be so once AWS has it", () => {
  const now = Date.parse("2026-11-24T15:30:00.000Z");
  expect(revokeLabel(DENIABLE, now)).toBe("Deny this session at AWS");
  const denied: Lease = { ...ENDED, denial_state: "applied" };
  expect(isHonoured(denied, now)).toBe(false);
  expect(stateSentence(denied, now)).toContain("AWS has taken the denial");
  expect(stateSentence({ ...denied, denial_state: "verified" }, now)).toContain(
    "read back from AWS",
  );
  expect(isHonoured({ ...ENDED, denial_state: "failed" }, now)).toBe(true);
});
