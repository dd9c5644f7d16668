import { describe, expect, test } from "vitest";
import {
  attemptQuery,
  attemptSearch,
  attemptsHref,
  conditionsOf,
  isFiltered,
  parseAttemptAddress,
  withConditions,
} from "@/lib/console/attempts-filter";

describe("the address of a list of attempts", () => {
  test("is read as far as it makes sense, and names only what is not as usual", () => {
    const address = parseAttemptAddress({ result: "maybe", role: [" ci ", "x"], step: "sts" });

    expect(address).toMatchObject({ result: "any", role: "ci", step: "sts", cursor: "" });
    expect(attemptSearch(address)).toBe("role=ci&step=sts");
    expect(attemptQuery(address)).toEqual({
      result: "any",
      role: "ci",
      step: "sts",
      limit: "50",
    });
  });

  test("is made from some filters", () => {
    expect(attemptsHref({})).toBe("/auth/attempts");
    expect(attemptsHref({ mount: "auth/aws/", result: "refused" })).toBe(
      "/auth/attempts?result=refused&mount=auth%2Faws%2F",
    );
  });
});

test("conditions come back as they went into the address, which starts over", () => {
  const conditions = [
    { operator: ":", value: "ASIAEXAMPLE" },
    { propertyKey: "mount", operator: "=", value: "auth/aws/" },
    { propertyKey: "cause", operator: "=", value: "clock" },
    { propertyKey: "at", operator: ">=", value: "2026-11-24T15:40:00.000Z" },
  ];

  const address = withConditions(parseAttemptAddress({ cursor: "abc" }), conditions);

  expect(address).toMatchObject({ q: "ASIAEXAMPLE", cause: "clock", cursor: "" });
  expect(conditionsOf(address)).toEqual(conditions);
  expect(isFiltered(address)).toBe(true);
});

test("of two conditions of one kind the later counts, and no instant filters nothing", () => {
  const address = withConditions(parseAttemptAddress({}), [
    { propertyKey: "role", operator: "=", value: "a" },
    { propertyKey: "role", operator: "=", value: "b" },
    { propertyKey: "at", operator: ">=", value: "yesterday" },
    { propertyKey: "at", operator: "<", value: "2026-11-24 15:40" },
  ]);

  expect(address).toMatchObject({ role: "b", from: "", to: "2026-11-24T15:40:00.000Z" });
});
