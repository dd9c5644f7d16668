import { expect, test } from "vitest";
import { Secret } from "@/lib/engine/secret";
import { bcryptPasswords } from "@/lib/process/passwords";

const passwords = bcryptPasswords();

test("a password verifies against its own hash and against no other", async () => {
  const hash = await passwords.hash(new Secret("pw"));

  expect(hash.reveal()).toMatch(/^\$2b\$10\$[./A-Za-z0-9]{53}$/);
  expect(await passwords.verify(new Secret("pw"), hash)).toBe(true);
  expect(await passwords.verify(new Secret("wrong"), hash)).toBe(false);
});

test("a hash that Go's bcrypt made is understood", async () => {
  const hash = new Secret("$2a$10$XajjQvNhvvRt5GSeFk1xFeyqRrsxkhBkUiQeg0dt.wU1qD4aFDcga");

  expect(await passwords.verify(new Secret("allmine"), hash)).toBe(true);
});

test("a name without a password is never right", async () => {
  expect(await passwords.verify(new Secret("pw"), null)).toBe(false);
});

test("a password that bcrypt would cut is refused", async () => {
  await expect(passwords.hash(new Secret("x".repeat(73)))).rejects.toMatchObject({
    kind: "invalid_request",
  });
});

test("many at once are all answered, and more than the limit are refused", async () => {
  const hash = await passwords.hash(new Secret("pw"));
  const cheap = new Secret("$2a$04$...............................".padEnd(60, "."));

  const attempts = Array.from({ length: 66 }, () =>
    passwords
      .verify(new Secret("pw"), cheap)
      .then(String, (error: unknown) => (error instanceof Error ? error.message : "")),
  );

  const answers = await Promise.all(attempts);
  expect(answers.filter((answer) => answer === "too many password logins at once")).toHaveLength(2);
  expect(await passwords.verify(new Secret("pw"), hash)).toBe(true);
});
