import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Context } from "@/lib/aws-simulator/conditions";
import { decide, type Grants } from "@/lib/aws-simulator/policy";
import { parsePolicy, type PolicyDocument } from "@/lib/aws-simulator/policy-document";

const BUCKET = "arn:aws:s3:::orders";

function policy(...statements: readonly object[]): PolicyDocument {
  return parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements }), "identity");
}

function grants(identity: PolicyDocument[], limits: Partial<Grants> = {}): Grants {
  return { identity, boundary: null, session: null, ...limits };
}

function ask(action: string, resource = BUCKET, context: Context = new Map()) {
  return { action, resource, context };
}

const allowAll = policy({ Effect: "Allow", Action: "*", Resource: "*" });

describe("what policies allow", () => {
  test.each([
    ["an exact action", { Action: "s3:GetObject", Resource: "*" }, true],
    ["an action in another case", { Action: "S3:getobject", Resource: "*" }, true],
    ["a wildcard over the end", { Action: "s3:Get*", Resource: "*" }, true],
    ["a wildcard inside", { Action: "s3:*Object", Resource: "*" }, true],
    ["one unknown character", { Action: "s3:GetObjec?", Resource: "*" }, true],
    ["another service", { Action: "iam:*", Resource: "*" }, false],
    ["all but the action", { NotAction: "s3:GetObject", Resource: "*" }, false],
    ["all but another action", { NotAction: ["iam:*"], Resource: "*" }, true],
    ["the resource", { Action: "*", Resource: ["arn:aws:s3:::*", "arn:aws:sqs:::x"] }, true],
    ["the resource in another case", { Action: "*", Resource: "arn:aws:s3:::ORDERS" }, false],
    ["all but the resource", { Action: "*", NotResource: "arn:aws:s3:::orders" }, false],
  ])("%s", (_name, statement, allowed) => {
    const verdict = decide(
      ask("s3:GetObject"),
      grants([policy({ Effect: "Allow", ...statement })]),
    );

    expect(verdict.allowed).toBe(allowed);
  });

  test("a variable in a resource is the caller's value, never a wildcard", () => {
    const own = policy({
      Effect: "Allow",
      Action: "*",
      Resource: "arn:aws:s3:::home-${aws:username}",
    });
    const as = (name: string) => new Map([["aws:username", [name]]]);

    expect(decide(ask("s3:Get", "arn:aws:s3:::home-ada", as("ada")), grants([own])).allowed).toBe(
      true,
    );
    expect(decide(ask("s3:Get", "arn:aws:s3:::home-bob", as("ada")), grants([own])).allowed).toBe(
      false,
    );
    expect(decide(ask("s3:Get", "arn:aws:s3:::home-bob", as("*")), grants([own])).allowed).toBe(
      false,
    );
    expect(decide(ask("s3:Get", "arn:aws:s3:::home-"), grants([own])).allowed).toBe(false);
  });

  test("every layer must allow, and the refusal names the first that does not", () => {
    const nothing = policy();
    const because = (limits: Partial<Grants>, identity = [allowAll]) =>
      decide(ask("s3:GetObject"), grants(identity, limits));

    expect(because({}, [])).toEqual({
      allowed: false,
      because: "because no identity-based policy allows the s3:GetObject action",
    });
    expect(because({ boundary: [nothing] })).toEqual({
      allowed: false,
      because: "because no permissions boundary allows the s3:GetObject action",
    });
    expect(because({ session: [] })).toEqual({
      allowed: false,
      because: "because no session policy allows the s3:GetObject action",
    });
    expect(because({ boundary: [allowAll], session: [nothing, allowAll] }).allowed).toBe(true);
  });

  test("a pattern of many wildcards is matched without going astray", () => {
    const hostile = policy({ Effect: "Allow", Action: `s3:${"*a".repeat(40)}b`, Resource: "*" });

    expect(decide(ask(`s3:${"a".repeat(2000)}`), grants([hostile])).allowed).toBe(false);
  });
});

describe("Deny", () => {
  const action = fc.constantFrom(
    "s3:GetObject",
    "s3:ListAllMyBuckets",
    "iam:CreateUser",
    "sts:AssumeRole",
  );
  const pattern = fc.constantFrom("*", "s3:*", "s3:Get*", "iam:CreateUser", "sts:*");
  const resource = fc.constantFrom(BUCKET, "arn:aws:iam::111122223333:user/ada", "*");
  const statement = fc.record({
    Effect: fc.constantFrom("Allow", "Deny"),
    Action: fc.array(pattern, { minLength: 1, maxLength: 3 }),
    Resource: fc.constantFrom("*", "arn:aws:s3:::*", BUCKET),
  });
  const document = fc.array(statement, { maxLength: 4 }).map((statements) => policy(...statements));
  const layer = fc.array(document, { maxLength: 3 });

  test("always wins, wherever it stands", () => {
    fc.assert(
      fc.property(
        action,
        resource,
        fc.record({ identity: layer, boundary: layer, session: layer }),
        fc.constantFrom("identity", "boundary", "session"),
        (name, on, layers, where) => {
          const deny = policy({ Effect: "Deny", Action: [name], Resource: "*" });

          const denied = { ...layers, [where]: [...layers[where], deny] };

          const verdict = decide(ask(name, on), denied);

          expect(verdict.allowed ? "allowed" : verdict.because).toMatch(
            /^with an explicit deny in an? /,
          );
        },
      ),
    );
  });

  test("adding a statement of it never allows more", () => {
    fc.assert(
      fc.property(action, resource, layer, statement, (name, on, identity, added) => {
        const deny = policy({ ...added, Effect: "Deny" });

        const before = decide(ask(name, on), grants(identity));
        const after = decide(ask(name, on), grants([...identity, deny]));

        expect(after.allowed && !before.allowed).toBe(false);
      }),
    );
  });
});

describe("a malformed policy is refused", () => {
  test.each([
    ["no JSON", "{", "This policy contains invalid Json"],
    ["no statement", "{}", "Syntax errors in policy."],
    ["a wrong version", '{"Version":"2020-01-01","Statement":[]}', "Syntax errors in policy."],
    [
      "no action",
      '{"Statement":[{"Effect":"Allow","Resource":"*"}]}',
      "Policy statement must contain actions.",
    ],
    [
      "no resource",
      '{"Statement":{"Effect":"Allow","Action":"*"}}',
      "Policy statement must contain resources.",
    ],
    [
      "an action without vendor",
      '{"Statement":{"Effect":"Allow","Action":"GetObject","Resource":"*"}}',
      "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
    ],
    [
      "a resource that is no ARN",
      '{"Statement":{"Effect":"Allow","Action":"*","Resource":"orders"}}',
      'Resource orders must be in ARN format or "*".',
    ],
    [
      "an unknown operator",
      '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringSame":{"a":"b"}}}}',
      "Invalid Condition type : StringSame.",
    ],
    [
      "a principal",
      '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}}',
      "Policy document should not specify a principal.",
    ],
  ])("%s", (_name, text, message) => {
    expect(() => parsePolicy(text, "identity")).toThrow(
      expect.objectContaining({ code: "MalformedPolicyDocument", message }),
    );
  });
});
