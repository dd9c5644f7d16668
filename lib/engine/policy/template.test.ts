import { describe, expect, test } from "vitest";
import { capabilitiesOf } from "@/lib/engine/policy/capabilities";
import {
  type Acl,
  compileAcl,
  type TemplateContext,
  usesTemplates,
} from "@/lib/engine/policy/compile";
import { parsePolicy } from "@/lib/engine/policy/parse";

const MOUNT = "auth_aws_1a2b3c4d";

function entity(own: Partial<TemplateContext["entity"]> = {}): TemplateContext {
  return { entity: { id: "e-1", name: "entity_1", metadata: {}, aliases: {}, ...own } };
}

function acl(text: string, context: TemplateContext | null): Acl {
  return compileAcl([parsePolicy("p", text)], context);
}

const read = (path: string) => `path "${path}" { capabilities = ["read"] }\n`;

test("C150 a templated rule without its value grants nothing", () => {
  const compiled = acl(read("cubbyhole/{{identity.entity.id}}/*") + read("cubbyhole/other"), null);

  const granted = (path: string) => capabilitiesOf(compiled, path);

  expect(granted("cubbyhole/x/y")).toEqual(["deny"]);
  expect(granted("cubbyhole//y")).toEqual(["deny"]);
  expect(granted("cubbyhole/{{identity.entity.id}}/y")).toEqual(["deny"]);
  expect(granted("cubbyhole/other")).toEqual(["read"]);
});

test("C150b a templated rule with its value", () => {
  const compiled = acl(
    read("x/{{ identity.entity.id }}/*") +
      read("y/{{identity.entity.id}}") +
      read("z/{{identity.entity.metadata.team}}"),
    entity(),
  );

  const granted = (path: string) => capabilitiesOf(compiled, path);

  expect(granted("x/e-1/y")).toEqual(["read"]);
  expect(granted("x/other/y")).toEqual(["deny"]);
  expect(granted("y/e-1")).toEqual(["read"]);
  expect(granted("z/")).toEqual(["deny"]);
});

describe("values that would widen a rule", () => {
  const byAlias = (name: string) =>
    acl(
      read(`x/{{identity.entity.aliases.${MOUNT}.name}}`),
      entity({ aliases: { [MOUNT]: { id: "a-1", name, metadata: {} } } }),
    );

  test("C150c a star out of a template", () => {
    const compiled = byAlias("al-n*");

    expect(capabilitiesOf(compiled, "x/al-nzzz")).toEqual(["deny"]);
    expect(capabilitiesOf(compiled, "x/al-n/a")).toEqual(["deny"]);
  });

  test("C150d a plus out of a template", () => {
    const compiled = byAlias("+");

    expect(capabilitiesOf(compiled, "x/anything")).toEqual(["deny"]);
    expect(capabilitiesOf(compiled, "x/+")).toEqual(["deny"]);
  });

  test.each(["a*", "*", "+", "a+b", "a/b", "/", ""])(
    "T85 %j drops the rule, and it is told",
    (team) => {
      const compiled = acl(
        `${read("a")}path "x/{{identity.entity.metadata.team}}/y" { capabilities = ["read"] }`,
        entity({ metadata: { team } }),
      );

      expect(compiled.rules.map((rule) => rule.pattern.path)).toEqual(["a"]);
      expect(compiled.skipped).toEqual([
        {
          policy: "p",
          line: 2,
          path: "x/{{identity.entity.metadata.team}}/y",
          selector: "identity.entity.metadata.team",
          problem: "unsafe_value",
        },
      ]);
    },
  );

  test.each(["a,b", "{{identity.entity.id}}", "}}", "..", "a b"])(
    "T85 %j stands for itself",
    (team) => {
      const compiled = acl(
        read("x/{{identity.entity.metadata.team}}/y"),
        entity({ metadata: { team } }),
      );

      expect(compiled.rules.map((rule) => rule.pattern.path)).toEqual([`x/${team}/y`]);
      expect(compiled.rules.map((rule) => rule.pattern.kind)).toEqual(["exact"]);
    },
  );
});

test.each([
  ["identity.entity.id", "e-1"],
  ["identity.entity.name", "entity_1"],
  ["identity.entity.metadata.team.name", "t"],
  [`identity.entity.aliases.${MOUNT}.id`, "a-1"],
  [`identity.entity.aliases.${MOUNT}.name`, "ada"],
  [`identity.entity.aliases.${MOUNT}.metadata.account_id`, "111111111111"],
  [`identity.entity.aliases.${MOUNT}.custom_metadata.x`, null],
  ["identity.entity.aliases.auth_aws_other.name", null],
  ["identity.entity.aliases.constructor.name", null],
  ["identity.entity.metadata.constructor", null],
  ["identity.entity.metadata", null],
  ["identity.groups.names.ops.id", null],
  ["nonsense", null],
  ["", null],
])("the selector %j has the value %j", (selector, value) => {
  const compiled = acl(
    read(`x/{{${selector}}}`),
    entity({
      metadata: { "team.name": "t" },
      aliases: { [MOUNT]: { id: "a-1", name: "ada", metadata: { account_id: "111111111111" } } },
    }),
  );

  expect(compiled.rules.map((rule) => rule.pattern.path)).toEqual(
    value === null ? [] : [`x/${value}`],
  );
});

test("a filled path is read like any other, and joined with those of the same text", () => {
  const compiled = acl(
    'path "x/{{identity.entity.id}}*" { capabilities = ["deny"] }' +
      read("x/E-1*") +
      read("+/{{identity.entity.name}}"),
    entity(),
  );

  expect(capabilitiesOf(compiled, "x/e-1/z")).toEqual(["deny"]);
  expect(capabilitiesOf(compiled, "x/E-1/z")).toEqual(["deny"]);
  expect(capabilitiesOf(compiled, "y/entity_1")).toEqual(["read"]);
});

test("only policies with templates differ from entity to entity", () => {
  expect(usesTemplates(parsePolicy("p", read("x/{{identity.entity.id}}")))).toBe(true);
  expect(usesTemplates(parsePolicy("p", read("x/{identity.entity.id}")))).toBe(false);
});
