import { describe, expect, test } from "vitest";
import {
  conditionsOf,
  isFiltered,
  parseTokenAddress,
  tokenQuery,
  tokenSearch,
  withConditions,
} from "@/lib/console/tokens-filter";

describe("the address of a list of tokens", () => {
  test("is read as far as it makes sense", () => {
    const address = parseTokenAddress({ state: "dead", q: [" ci ", "x"], sort: "oldest" });

    expect(address).toMatchObject({ state: "live", q: "ci", sort: "oldest", cursor: "" });
  });

  test("names only what is not as usual", () => {
    expect(tokenSearch(parseTokenAddress({}))).toBe("");
    expect(tokenSearch(parseTokenAddress({ state: "ended", policy: "ci,app" }))).toBe(
      "state=ended&policy=ci%2Capp",
    );
  });

  test("orders ended tokens by their end", () => {
    expect(tokenQuery(parseTokenAddress({}))).toMatchObject({ state: "live", sort: "-issued" });
    const oldest = parseTokenAddress({ state: "ended", sort: "oldest" });
    expect(tokenQuery(oldest)).toMatchObject({ state: "ended", sort: "ended" });
  });
});

describe("the conditions of a filter", () => {
  test("come back as they went into the address, which starts over", () => {
    const conditions = [
      { operator: ":", value: "runner" },
      { propertyKey: "mount", operator: "=", value: "auth/aws/" },
      { propertyKey: "policy", operator: "=", value: "ci" },
      { propertyKey: "policy", operator: "=", value: "app" },
      { propertyKey: "issued", operator: ">=", value: "2026-11-24T00:00:00.000Z" },
    ];

    const address = withConditions(parseTokenAddress({ cursor: "abc" }), conditions);

    expect(address).toMatchObject({ q: "runner", policy: "ci,app", cursor: "" });
    expect(conditionsOf(address)).toEqual(conditions);
    expect(isFiltered(address)).toBe(true);
  });

  test.each([
    ["2026-11-24", "2026-11-24T00:00:00.000Z"],
    ["2026-11-24 15:40", "2026-11-24T15:40:00.000Z"],
    ["yesterday", ""],
  ])("take %s as an instant of UTC", (typed, instant) => {
    const conditions = [{ propertyKey: "issued", operator: "<", value: typed }];

    expect(withConditions(parseTokenAddress({}), conditions).to).toBe(instant);
  });
});
