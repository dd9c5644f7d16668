import { describe, expect, test } from "vitest";
import { safeNext } from "@/lib/console/next-address";

describe("T220 the address to return to", () => {
  test.each([
    ["/leases", "/leases"],
    ["/leases?q=AKIA&sort=-issued#top", "/leases?q=AKIA&sort=-issued#top"],
    ["/audit?next=https://evil.example", "/audit?next=https://evil.example"],
    ["/leases/aws/creds/app/%2Fx", "/leases/aws/creds/app/%2Fx"],
  ])("%s is a page of this console", (next, expected) => {
    expect(safeNext(next)).toBe(expected);
  });

  test.each([
    null,
    undefined,
    "",
    "leases",
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "/\n/evil.example/",
    " //evil.example",
    "javascript:alert(1)",
    "https:evil.example",
    "http://console.invalid@evil.example/",
    "http://console.invalid/leases",
    "/..//evil.example/",
    "/.//evil.example",
    "/a/../..//evil.example",
    "/api/console/overview",
    "/api",
    "/v1/sys/seal",
    "/login",
    "/setup?code=1",
    `/${"a".repeat(3000)}`,
    "/\u202eelpmaxe.live",
  ])("%j leads to the start page", (next) => {
    expect(safeNext(next)).toBe("/");
  });
});
