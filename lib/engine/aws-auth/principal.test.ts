import fc from "fast-check";
import { expect, test } from "vitest";
import {
  canonicalArn,
  parsePrincipalArn,
  principalText,
  uniqueIdOf,
} from "@/lib/engine/aws-auth/principal";

const ACCOUNT = "123456789012";

test.each([
  ["A243", `arn:aws:iam::${ACCOUNT}:user/MyUserName`, "user", "", "MyUserName", ""],
  [
    "A256",
    `arn:aws:iam::${ACCOUNT}:user/UserPath/MyUserName`,
    "user",
    "UserPath",
    "MyUserName",
    "",
  ],
  ["A244", `arn:aws:sts::${ACCOUNT}:assumed-role/RoleName/S`, "assumed-role", "", "RoleName", "S"],
  ["A258", `arn:aws:iam::${ACCOUNT}:role/a/b/RoleName`, "role", "a/b", "RoleName", ""],
  [
    "A259",
    `arn:aws:iam::${ACCOUNT}:instance-profile/profilePath/InstanceProfileName`,
    "instance-profile",
    "profilePath",
    "InstanceProfileName",
    "",
  ],
])("%s %s is taken apart", (_case, arn, ...[type, path, name, session]) => {
  expect(parsePrincipalArn(arn)).toEqual({
    partition: "aws",
    account: ACCOUNT,
    type,
    path,
    name,
    session,
  });
});

test.each([
  ["A260", `arn:aws:iam::${ACCOUNT}:role`, `"role" contains fewer than 2 slash-separated parts`],
  ["A261", "arn:aws:iam", "contains 3 colon-separated parts, expected 6"],
  ["A262", "arn:aws:iam::1234556789012:/", `unrecognized principal type: ""`],
  [
    "A263",
    `arn:aws:sts::${ACCOUNT}:assumed-role/role`,
    `"assumed-role/role" contains fewer than 3 slash-separated parts`,
  ],
  ["A264", `arn:aws:iam::${ACCOUNT}:root`, `"root" contains fewer than 2 slash-separated parts`],
  [
    "A265",
    `arn:aws:sts::${ACCOUNT}:federated-user/bob`,
    `unrecognized principal type: "federated-user"`,
  ],
  ["A266", `arn:aws:s3::${ACCOUNT}:user/x`, "unrecognized service: s3, not one of iam or sts"],
  ["A130", "arn:aws:iam::aws:policy/ReadOnlyAccess", `unrecognized principal type: "policy"`],
  ["T44", `arn:aws:iam::${ACCOUNT}:user/x:y`, "contains 7 colon-separated parts"],
  ["T44", `arn:aws:iam::${ACCOUNT}:user/`, "names nobody"],
  ["T44", `arn:aws:sts::${ACCOUNT}:assumed-role//s`, "names nobody"],
  ["T44", `arn:aws:sts::${ACCOUNT}:assumed-role/r/s/t`, "more than 3 slash-separated parts"],
  ["T44", `ARN:aws:iam::${ACCOUNT}:user/x`, `does not begin with "arn:"`],
])("%s %s is no principal", (_case, arn, text) => {
  expect(() => parsePrincipalArn(arn)).toThrow(text);
});

test("a user whose path looks like an assumed role stays a user", () => {
  const caller = parsePrincipalArn(`arn:aws:iam::${ACCOUNT}:user/assumed-role/app/app`);

  expect(canonicalArn(caller)).toBe(`arn:aws:iam::${ACCOUNT}:user/app`);
});

test("A257 a session is the role behind it, its id without the session name", () => {
  const caller = parsePrincipalArn(`arn:aws-cn:sts::${ACCOUNT}:assumed-role/RoleName/Session`);

  expect(canonicalArn(caller)).toBe(`arn:aws-cn:iam::${ACCOUNT}:role/RoleName`);
  expect(principalText(caller)).toBe(`&{aws-cn ${ACCOUNT} assumed-role  RoleName Session}`);
  expect(uniqueIdOf("AROAX:Session")).toBe("AROAX");
  expect(uniqueIdOf("AIDAX")).toBe("AIDAX");
});

test("T52 what differs in partition, account, type or name differs in its canonical ARN", () => {
  const word = fc.stringMatching(/^[a-zA-Z0-9+=,.@_-]{1,16}$/);
  const principal = fc.record({
    partition: fc.constantFrom("aws", "aws-cn", "aws-us-gov"),
    account: fc.stringMatching(/^\d{12}$/),
    type: fc.constantFrom("user", "role"),
    path: fc.array(word, { maxLength: 3 }),
    name: word,
  });
  fc.assert(
    fc.property(principal, principal, (one, other) => {
      const arn = (p: typeof one): string =>
        `arn:${p.partition}:iam::${p.account}:${[p.type, ...p.path, p.name].join("/")}`;
      const same = ["partition", "account", "type", "name"].every(
        (key) => one[key as keyof typeof one] === other[key as keyof typeof one],
      );
      const equal =
        canonicalArn(parsePrincipalArn(arn(one))) === canonicalArn(parsePrincipalArn(arn(other)));
      return equal === same;
    }),
  );
});
