import { expect, test } from "vitest";
import { identifiersIn } from "@/lib/console/respond-text";

const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

test("identifiers are picked out of the environment of a process, and its secrets left out", () => {
  const pasted = identifiersIn(
    [
      "AWS_ACCESS_KEY_ID=ASIAQWERTYUIOPASDFGH",
      `AWS_SECRET_ACCESS_KEY=${SECRET}`,
      `AWS_SESSION_TOKEN=${"FwoGZXIvYXdzE".repeat(12)}`,
      'role="arn:aws:iam::111122223333:role/team/app"',
    ].join("\n"),
  );
  expect(pasted).toEqual({
    identifiers: ["ASIAQWERTYUIOPASDFGH", "arn:aws:iam::111122223333:role/team/app"],
    secrets: 2,
  });
});

test.each([
  ["AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"],
  ["aws/creds/app/8nbr13RMabcdefghijklmnop", "aws/creds/app/8nbr13RMabcdefghijklmnop"],
  ["hJ2kL9pQ3rS5tU7vW8xY1zA4", "hJ2kL9pQ3rS5tU7vW8xY1zA4"],
  ["vault-1764000000-deploy", "vault-1764000000-deploy"],
  [
    "arn:aws:sts::111122223333:assumed-role/app/i-0abc",
    "arn:aws:sts::111122223333:assumed-role/app/i-0abc",
  ],
])("%s is looked for as it is", (text, identifier) => {
  expect(identifiersIn(` ${text}\n`)).toEqual({ identifiers: [identifier], secrets: 0 });
});

test("a secret alone, and text without an identifier, name nothing", () => {
  expect(identifiersIn(SECRET)).toEqual({ identifiers: [], secrets: 1 });
  expect(identifiersIn("hvs.CAESIJ1abcdefghij").secrets).toBe(1);
  expect(identifiersIn("somebody leaked a key")).toEqual({ identifiers: [], secrets: 0 });
});
