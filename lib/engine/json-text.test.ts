import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JSON_LIMITS, JsonNumber, parseJson, stringifyJson } from "@/lib/engine/json-text";
import { Secret } from "@/lib/engine/secret";

function refusal(text: string, limits = JSON_LIMITS): string {
  try {
    parseJson(text, limits);
  } catch (error) {
    expect(error).toMatchObject({ kind: "invalid_request" });
    return error instanceof Error ? error.message : "";
  }
  return "accepted";
}

describe("parseJson", () => {
  test("reads what JSON.parse reads, to the same value", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const exact = stringifyJson(parseJson(text));

        expect(JSON.parse(exact)).toEqual(JSON.parse(text));
      }),
    );
  });

  test("refuses what JSON.parse refuses", () => {
    const mutated = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom("", ",", "}", "]", "{", '"', "\\", "1", "-", "\n"),
      )
      .map(([text, at, piece]) => {
        const cut = at % (text.length + 1);
        return text.slice(0, cut) + piece + text.slice(cut + 1);
      });

    fc.assert(
      fc.property(mutated, (text) => {
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }

        const said = refusal(text);

        if (!valid) expect(said).not.toBe("accepted");
        else expect(said).toMatch(/^(accepted|duplicate key .*)$/s);
      }),
    );
  });

  test("keeps the digits of numbers that a double would change", () => {
    const text =
      '{"a":9007199254740993,"b":1.0,"c":1e3,"d":-0,"e":0.1,"f":12,"g":-7,"h":1.7976931348623157e+308}';

    const value = parseJson(text);

    expect(value).toEqual({
      a: new JsonNumber("9007199254740993"),
      b: new JsonNumber("1.0"),
      c: new JsonNumber("1e3"),
      d: new JsonNumber("-0"),
      e: 0.1,
      f: 12,
      g: -7,
      h: 1.7976931348623157e308,
    });
    expect(stringifyJson(value)).toBe(text);
  });

  test("reads long texts whole, wherever something stands in them", () => {
    for (let length = 25; length < 45; length += 1) {
      const plain = "x".repeat(length);

      expect(parseJson(`["${plain}",1]`)).toEqual([plain, 1]);
      expect(parseJson(`["${plain}\\n${plain}"]`)).toEqual([`${plain}\n${plain}`]);
      expect(refusal(`["${plain}\t${plain}"]`)).toBe("invalid character '\\x09' in string literal");
      expect(refusal(`["${plain}`)).toBe("malformed JSON, unclosed containers");
    }
  });

  test("replaces halves of surrogate pairs, keeps pairs", () => {
    expect(parseJson('["\\ud800","\\ude00x","\\ud83d\\ude00","\\u00e9\\n"]')).toEqual([
      "\ufffd",
      "\ufffdx",
      "😀",
      "é\n",
    ]);
  });

  test("takes __proto__ as a key like any other", () => {
    const value = parseJson('{"__proto__":{"admin":true}}');

    expect(Object.keys(value as object)).toEqual(["__proto__"]);
    expect((value as { admin?: boolean }).admin).toBeUndefined();
  });

  test.each([
    ["{bad", "invalid character 'b' looking for beginning of object key string"],
    ['{"a":1} trailing', "invalid character 't' after top-level value"],
    ['{"a":1}{"b":2}', "invalid character '{' after top-level value"],
    ['{"a":1,"a":2}', "duplicate key 'a' in object"],
    ['{"a":{"\\u0062":1,"b":2}}', "duplicate key 'b' in object"],
    ['{"__proto__":1,"__proto__":2}', "duplicate key '__proto__' in object"],
    ['{"a":', "malformed JSON, unclosed containers"],
    ['{"a":"x', "malformed JSON, unclosed containers"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ["[1,]", "invalid character ']' looking for beginning of value"],
    ["[01]", "invalid character '1' after array element"],
    ["[1.]", "invalid character '.' after array element"],
    ["[+1]", "invalid character '+' looking for beginning of value"],
    ["[NaN]", "invalid character 'N' looking for beginning of value"],
    ["[nul]", "invalid character 'n' looking for beginning of value"],
    ["['a']", "invalid character '\\'' looking for beginning of value"],
    ['["a\nb"]', "invalid character '\\x0a' in string literal"],
    ['["\\x"]', "invalid character in string escape code"],
    ["\ufeff{}", "invalid character '\ufeff' looking for beginning of value"],
    ["", "unexpected end of JSON input"],
    ["  ", "unexpected end of JSON input"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b":2}', "invalid character '\"' after object key:value pair"],
  ])("refuses %j: %s", (text, message) => {
    expect(refusal(text)).toBe(message);
  });

  test.each([
    ["depth", `${"[".repeat(300)}${"]".repeat(300)}`, "accepted"],
    ["depth", `${"[".repeat(301)}${"]".repeat(301)}`, "JSON input exceeds allowed nesting depth"],
    ["depth, unclosed", "[".repeat(100_000), "JSON input exceeds allowed nesting depth"],
    ["elements", `[${"1,".repeat(9_999)}1]`, "accepted"],
    ["elements", `[${"1,".repeat(10_000)}1]`, "JSON array exceeds allowed element count"],
    ["entries", manyEntries(10_000), "accepted"],
    ["entries", manyEntries(10_001), "JSON object exceeds allowed entry count"],
    ["text", `["${"x".repeat(1_048_576)}"]`, "accepted"],
    ["text", `["${"x".repeat(1_048_577)}"]`, "JSON string value exceeds allowed length"],
    [
      "text of two bytes each",
      `["${"é".repeat(524_289)}"]`,
      "JSON string value exceeds allowed length",
    ],
    ["digits", `[${"9".repeat(1000)}]`, "accepted"],
    ["digits", `[${"9".repeat(1001)}]`, "JSON number exceeds allowed length"],
    ["tokens", manyTokens(49), "accepted"],
    ["tokens", manyTokens(50), "JSON payload exceeds allowed token count"],
  ])("limits %s", (_what, text, message) => {
    expect(refusal(text)).toBe(message);
  });

  test("takes narrower limits", () => {
    const limits = { ...JSON_LIMITS, depthMax: 8, membersMax: 256 };

    expect(refusal(`${"[".repeat(8)}${"]".repeat(8)}`, limits)).toBe("accepted");
    expect(refusal(`${"[".repeat(9)}${"]".repeat(9)}`, limits)).toMatch("nesting depth");
    expect(refusal(manyEntries(256), limits)).toBe("accepted");
    expect(refusal(manyEntries(257), limits)).toMatch("entry count");
  });
});

describe("stringifyJson", () => {
  test("writes like JSON.stringify where all numbers are plain", () => {
    const value = { a: [1, undefined, null], b: undefined, c: new Date(0), d: "é\u2028" };

    expect(stringifyJson(value)).toBe(JSON.stringify(value));
  });

  test("beside an exact number too", () => {
    const value = {
      a: [undefined, new JsonNumber("1.0")],
      b: undefined,
      c: new Date(0),
      "d\n": [],
    };

    expect(stringifyJson(value)).toBe('{"a":[null,1.0],"c":"1970-01-01T00:00:00.000Z","d\\n":[]}');
  });

  test("never reveals a secret", () => {
    expect(stringifyJson([new JsonNumber("1e3"), new Secret("hvs.x")])).toBe('[1e3,"[redacted]"]');
  });

  test("plain JSON.stringify still writes a number", () => {
    expect(JSON.stringify([new JsonNumber("1.50")])).toBe("[1.5]");
  });
});

function manyEntries(count: number): string {
  return JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, 1])));
}

/** Per block an array of 9,998 elements with its brackets: 10,000 tokens; the outermost has two. */
function manyTokens(blocks: number): string {
  return `[${Array.from({ length: blocks }, () => `[${"1,".repeat(9_997)}1]`).join()}]`;
}
