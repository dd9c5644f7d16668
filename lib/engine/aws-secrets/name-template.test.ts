import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseNameTemplate } from "@/lib/engine/aws-secrets/name-template";
import type { TemplatePorts } from "@/lib/engine/aws-secrets/template-functions";

const PORTS: TemplatePorts = {
  clock: { now: () => new Date("2026-03-04T05:06:07.089Z") },
  random: {
    bytes: (count) => Buffer.alloc(count),
    base62: (length) => "r".repeat(length),
    uuid: () => "0c4b7a52-0000-4000-8000-000000000000",
  },
};
const FIELDS = { Type: "IAM", DisplayName: "root", PolicyName: "a-b-c-d" };

function apply(template: string): string {
  return parseNameTemplate(template).apply(FIELDS, PORTS);
}

describe("S372 a template", () => {
  test.each([
    ["plain text", "plain text"],
    ["{{ .Type }}_{{ .DisplayName | uppercase }}", "IAM_ROOT"],
    ['{{ .PolicyName | replace "-" "x" | truncate 6 }}_{{ random 5 }}', "axbxcx_rrrrr"],
    [
      '{{ if eq .Type "STS" }}f-{{ unix_time }}{{ else if eq .Type "IAM" }}i{{ else }}x{{ end }}',
      "i",
    ],
    ['{{ if (eq .Type "STS") }}a{{ end }}b', "b"],
    ['{{ printf "%s-%s" .DisplayName .PolicyName | truncate_sha256 11 }}', "roo5d9736d2"],
    [
      '{{ timestamp "2006-01-02T15:04:05.000Z07:00 Mon Jan _2 3PM" }}',
      "2026-03-04T05:06:07.089Z Wed Mar  4 5AM",
    ],
    ["{{ unix_time }} {{ unix_time_millis }}", "1772600767 1772600767089"],
    ["{{ uuid | truncate 8 }}", "0c4b7a52"],
    ["{{ .DisplayName | base64 | decode_base64 | hex | decode_hex }}", "root"],
    ["{{ sha256 .DisplayName | truncate 8 }}", "4813494d"],
    ['{{ lowercase "ABC" }}{{ `raw \\n` }}', "abcraw \\n"],
    ['{{ if and (glob "a*d" .PolicyName) (not (lt 2 1)) }}yes{{ end }}', "yes"],
    ['{{ len .PolicyName }} {{ printf "%05d|%-4s|%q|%%" 42 "ab" "c" }}', '7 00042|ab  |"c"|%'],
    ["a {{- /* a comment */ -}} b", "ab"],
    ["a {{- .Type -}} b", "aIAMb"],
    ['{{ print .Type "-" true }}', "IAM-true"],
    ['{{ or "" .Type }}', "IAM"],
  ])("%j makes %j", (template, expected) => {
    const text = apply(template);

    expect(text).toBe(expected);
  });

  test.each([
    ["{{ bad", "unclosed action"],
    ["{{ nofunc }}", 'function "nofunc" not defined'],
    ["{{ .Type", "unclosed action"],
    ["{{ if .Type }}", "unexpected EOF"],
    ["{{ end }}", "unexpected {{end}}"],
    ["{{ }}", "missing value for command"],
    ['{{ "a" "b" }}', "can't give argument to non-function"],
    ["{{ $x := 1 }}", "variables are not supported"],
    ["{{ range .Type }}{{ end }}", '"range" is not supported'],
    ['{{ "open }}', "unterminated quoted string"],
    [`{{ ${"(".repeat(60)}.Type${")".repeat(60)} }}`, "nested too deeply"],
  ])("S239 %j cannot be read", (template, message) => {
    expect(() => parseNameTemplate(template)).toThrow(
      `unable to initialize username template: unable to parse template: template: template:1: ${message}`,
    );
  });

  test.each([
    ["{{ .Nothing }}", "can't evaluate field Nothing"],
    ["{{ truncate 0 .PolicyName }}", "error calling truncate: max length must be > 0 but was 0"],
    ["{{ truncate_sha256 8 .PolicyName }}", "max length must be > 8 but was 8"],
    ["{{ random 0 }}", "length must be > 0 but was 0"],
    ["{{ random 1000000000 }}", "length must be <= 1024"],
    ["{{ uppercase 5 }}", "wrong type for value; expected string; got int"],
    ["{{ uppercase }}", "wrong number of args for uppercase: want 1 got 0"],
    ['{{ lt "a" 1 }}', "incompatible types for comparison"],
  ])("%j fails when it is applied", (template, message) => {
    expect(() => apply(template)).toThrow(/^failed to generate username: /);
    expect(() => apply(template)).toThrow(message);
  });

  test("T108 cannot grow without bound", () => {
    const doubling = '| replace "" "xxxxxxxxxx"'.repeat(20);

    expect(() => apply(`{{ .PolicyName ${doubling} }}`)).toThrow("too long");
  });

  test("T108 only ever fails with a message for its author", () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            "{{",
            "}}",
            " ",
            ".Type",
            "if",
            '"',
            "(",
            "|",
            "end",
            "-",
            "random",
            "3",
          ),
        }),
        (template) => {
          try {
            apply(template);
          } catch (error) {
            expect(error).toMatchObject({ kind: "invalid_request" });
          }
        },
      ),
    );
  });
});
