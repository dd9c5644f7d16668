import { expect, test } from "vitest";
import {
  auditHref,
  filterQuery,
  parseAuditAddress,
  withCondition,
  withoutLast,
} from "@/lib/console/audit-address";

const NOW = Date.parse("2026-11-24T12:00:00Z");
const parse = (query: string) => parseAuditAddress(new URLSearchParams(query));

test.each([
  "",
  "from=-7d&q=app-1+orders&outcome=denied&outcome=failed&not_path=sys%2F&sort=time&cursor=abc",
  "from=2026-11-01T00%3A00%3A00.000Z&to=2026-11-02T00%3A00%3A00.000Z&hash=hmac-sha256%3Aab",
  "before=abc&event=1.b.2&live=on",
])("what the address %j says is said again", (query) => {
  const href = auditHref(parse(query));
  expect(href).toBe(query === "" ? "/audit" : `/audit?${query}`);
});

test("what an address cannot mean counts as not said", () => {
  const address = parse("from=yesterday&to=x&sort=status&colour=red&outcome=");
  expect(auditHref(address)).toBe("/audit");
});

test("a relative range goes back from the present, and a comma splits no value", () => {
  expect(filterQuery(parse("from=-2h&error=a%2C+b&lease_id=one"), NOW)).toEqual({
    from: "2026-11-24T10:00:00.000Z",
    error: ["a, b", ""],
    lease_id: "one",
  });
});

test("a value that is asked for is no longer left out", () => {
  const address = withCondition(parse("not_path=aws%2F&outcome=denied&cursor=x"), {
    property: "path",
    isExcluded: false,
    value: "aws/",
  });
  expect(auditHref(address)).toBe("/audit?outcome=denied&path=aws%2F");
});

test("the last condition is taken away first, words before others", () => {
  expect(auditHref(withoutLast(parse("q=one+two&outcome=denied")))).toBe(
    "/audit?q=one&outcome=denied",
  );
  expect(auditHref(withoutLast(parse("outcome=denied")))).toBe("/audit");
});
