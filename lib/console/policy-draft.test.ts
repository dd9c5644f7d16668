import { expect, test } from "vitest";
import { draftProblems } from "@/lib/console/policy-draft";

test.each([
  ["HCL", 'path "aws/creds/*" { capabilities = ["read"] }'],
  ["JSON", '{"path": {"aws/creds/*": {"capabilities": ["read"]}}}'],
  ["nothing yet", "  \n"],
])("finds nothing wrong with a policy in %s", (_language, text) => {
  expect(draftProblems(text)).toEqual([]);
});

test.each([
  ["a brace that never closes", 'path "a" {\n  capabilities = ["read"]\n', { line: 3 }],
  ["a key that is none", 'path "a" {\n  capabilites = ["read"]\n}', { line: 2, column: 1 }],
  [
    "a capability that is none",
    'path "a" {\n  capabilities = ["wirte"]\n}',
    { line: 2, column: 20 },
  ],
  ["JSON that breaks off", '{"path": {\n  "a": ]\n}}', { line: 2 }],
])("tells where %s is", (_mistake, text, place) => {
  const [problem, ...others] = draftProblems(text);

  expect(others).toEqual([]);
  expect(problem).toMatchObject(place);
  expect(problem?.message).not.toMatch(/At \d|failed to parse/);
});

test("tells several mistakes of one kind at once", () => {
  const text = 'path "a" {\n  capabilites = ["read"]\n  polcy = "read"\n}';

  expect(draftProblems(text).map(({ line }) => line)).toEqual([2, 3]);
});
