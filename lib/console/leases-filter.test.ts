import { expect, test } from "vitest";
import {
  chipsOf,
  filterOf,
  leaseAddressOf,
  leaseParams,
  leaseQuery,
  parseLeaseAddress,
  refiltered,
} from "@/lib/console/leases-filter";

test.each([
  "",
  "state=ended&mount=aws%2F&mount=team%2F&not_role=ci&q=AKIA12+orders",
  "role=a&not_account=111122223333&accessor=xyz&cursor=abc&sort=ends&page=3&size=25",
])("an address says the same after a round trip: %s", (query) => {
  expect(leaseParams(leaseAddressOf(new URLSearchParams(query))).toString()).toBe(query);
});

test("what an address does not know is left out", () => {
  const address = parseLeaseAddress({ state: "dead", sort: "role", page: "-2", size: "7" });

  expect(leaseParams(address).toString()).toBe("");
});

test("an order that the state does not have becomes its first", () => {
  expect(parseLeaseAddress({ state: "ended", sort: "ends" }).sort).toBe("-ended");
  expect(parseLeaseAddress({ state: "any", sort: "ends" }).sort).toBe("-issued");
});

test("another filter begins at the first page again", () => {
  const third = parseLeaseAddress({ cursor: "abc", page: "3", sort: "ends" });

  expect(refiltered(third, { role: ["ci"] })).toMatchObject({ cursor: "", page: 1, sort: "ends" });
});

test("chips and filter say the same", () => {
  const address = parseLeaseAddress({ q: "AKIA1 ann", state: "any", role: "a", not_mount: "aws/" });

  expect(chipsOf(address)).toEqual([
    { name: "", operator: ":", value: "AKIA1" },
    { name: "", operator: ":", value: "ann" },
    { name: "state", operator: "=", value: "any" },
    { name: "mount", operator: "!=", value: "aws/" },
    { name: "role", operator: "=", value: "a" },
  ]);
  expect(refiltered(address, filterOf(chipsOf(address)))).toEqual(address);
});

test("the API is asked for lists by comma, and for what is set", () => {
  expect(leaseQuery(parseLeaseAddress({ role: ["a", "b"], not_kind: "iam_user" }))).toEqual({
    role: "a,b",
    not_kind: "iam_user",
    state: "live",
    sort: "-issued",
    limit: "50",
    count: "true",
  });
});
