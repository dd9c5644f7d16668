import { describe, expect, test } from "vitest";
import { parseJson } from "@/lib/engine/json-text";
import {
  anyValue,
  commaList,
  decimal,
  duration,
  type Field,
  flag,
  headerMap,
  integer,
  jsonObject,
  keyValueMap,
  parseFields,
  text,
  textList,
  time,
  unknownNames,
} from "@/lib/vault-api/fields";

/** Reads `json` as the value of a field `f`; a refusal is given as its text. */
function read<T>(field: Field<T>, json: string): unknown {
  const raw = { f: parseJson(json) };
  try {
    return parseFields({ f: field }, raw, "existence").f;
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    expect(message).toMatch(/^error converting input for field "f": /);
    return message.replace(/^error converting input for field "f": /, "refused: ");
  }
}

test.each([
  ['"a"', "a"],
  ['""', ""],
  ["1234", "1234"],
  ["1.0", "1.0"],
  ["9007199254740993", "9007199254740993"],
  ["true", "1"],
  ["false", "0"],
  ["null", ""],
  ['["a"]', "refused: expected a string, got a list"],
  ['{"a":"secret"}', "refused: expected a string, got an object"],
])("text: %s", (json, value) => {
  expect(read(text(), json)).toEqual(value);
});

test.each([
  ["true", true],
  ["false", false],
  ["null", false],
  ['""', false],
  ['"t"', true],
  ['"True"', true],
  ['"TRUE"', true],
  ['"0"', false],
  ["1", true],
  ["0", false],
  ["2", `refused: cannot parse '' as bool: strconv.ParseBool: parsing "2": invalid syntax`],
  ['"yes"', `refused: cannot parse '' as bool: strconv.ParseBool: parsing "yes": invalid syntax`],
  ["[true]", "refused: expected a boolean, got a list"],
])("flag: %s", (json, value) => {
  expect(read(flag(), json)).toEqual(value);
});

test.each([
  ["3", 3],
  ["-3", -3],
  ['"12"', 12],
  ['"+5"', 5],
  ['"0x10"', 16],
  ['"010"', 8],
  ['"0o17"', 15],
  ['"0b11"', 3],
  ['"-0x10"', -16],
  ['"-0"', 0],
  ['""', 0],
  ["null", 0],
  ["true", 1],
  ["false", 0],
  ["2.7", `refused: cannot parse '' as int: strconv.ParseInt: parsing "2.7": invalid syntax`],
  ["3.0", `refused: cannot parse '' as int: strconv.ParseInt: parsing "3.0": invalid syntax`],
  ["1e3", `refused: cannot parse '' as int: strconv.ParseInt: parsing "1e3": invalid syntax`],
  ['"abc"', `refused: cannot parse '' as int: strconv.ParseInt: parsing "abc": invalid syntax`],
  ['"09"', `refused: cannot parse '' as int: strconv.ParseInt: parsing "09": invalid syntax`],
  [
    "9007199254740993",
    `refused: cannot parse '' as int: strconv.ParseInt: parsing "9007199254740993": value out of range`,
  ],
  ["{}", "refused: expected an integer, got an object"],
])("integer: %s", (json, value) => {
  expect(read(integer(), json)).toEqual(value);
});

test.each([
  ["1.5", 1.5],
  ["3", 3],
  ['"2.50"', 2.5],
  ["1e3", 1000],
  ['""', 0],
  ["null", 0],
  ["true", 1],
  ['"x"', `refused: cannot parse '' as float: strconv.ParseFloat: parsing "x": invalid syntax`],
  [
    "1e999",
    `refused: cannot parse '' as float: strconv.ParseFloat: parsing "1e999": value out of range`,
  ],
])("decimal: %s", (json, value) => {
  expect(read(decimal(), json)).toEqual(value);
});

test.each([
  ["3600", 3600],
  ['"3600"', 3600],
  ['"1h30m"', 5400],
  ['"90.5s"', 90],
  ['"1500ms"', 1],
  ['"2d"', 172_800],
  ['"-0.5s"', 0],
  ['""', 0],
  ["null", undefined],
  ["90.7", 'refused: time: missing unit in duration "90.7"'],
  ["-5", "refused: cannot provide negative value '-5'"],
  ['"-5"', "refused: cannot provide negative value '-5'"],
  ['"-1h"', "refused: cannot provide negative value '-3600'"],
  ['"abc"', 'refused: time: invalid duration "abc"'],
  ["true", "refused: could not parse duration from input"],
  ["[1]", "refused: could not parse duration from input"],
])("duration: %s", (json, value) => {
  expect(read(duration(), json)).toEqual(value);
});

test.each([
  ['"2026-01-02T03:04:05Z"', new Date("2026-01-02T03:04:05Z")],
  ['"2026-01-02T03:04:05.5+02:00"', new Date("2026-01-02T01:04:05.500Z")],
  ["1700000000", new Date(1_700_000_000_000)],
  ['"1700000000"', new Date(1_700_000_000_000)],
  ["null", undefined],
  ['"2026-01-02"', "refused: could not parse time from input"],
  ['"2026-13-02T03:04:05Z"', "refused: could not parse time from input"],
  ["true", "refused: could not parse time from input"],
])("time: %s", (json, value) => {
  expect(read(time(), json)).toEqual(value);
});

test.each([
  ['"a,b , c"', ["a", "b", "c"]],
  ['"c, d ,,"', ["c", "d", "", ""]],
  ['"a"', ["a"]],
  ['""', []],
  ["null", []],
  ["[]", []],
  ["{}", []],
  ["5", ["5"]],
  ["true", ["1"]],
  ['["a,b"," c ",1,true,null]', ["a,b", "c", "1", "1", ""]],
  ['"[\\"a\\",\\"b\\"]"', ['["a"', '"b"]']],
  ['{"a":1}', "refused: expected a list of strings, got an object"],
  ['[["a"]]', "refused: expected a string, got a list"],
])("comma list: %s", (json, value) => {
  expect(read(commaList(), json)).toEqual(value);
});

test.each([
  ['"a,b"', ["a,b"]],
  ['""', []],
  ["null", []],
  ["5", ["5"]],
  ['["a","b"]', ["a", "b"]],
  ['{"a":1}', "refused: expected a list of strings, got an object"],
])("text list: %s", (json, value) => {
  expect(read(textList(), json)).toEqual(value);
});

test.each([
  ['{"a":"1","b":2,"c":true,"d":null,"e":1.0}', { a: "1", b: "2", c: "1", d: "", e: "1.0" }],
  ['["a=1","b=2=3"]', { a: "1", b: "2=3" }],
  ['"a=1,b=2"', { a: "1,b=2" }],
  ['"{\\"a\\":\\"1\\"}"', { a: "1" }],
  ['"[\\"a=1\\"]"', { a: "1" }],
  ['"{a=b"', { "{a": "b" }],
  ['[{"a":"1"},{"b":"2"}]', { a: "1", b: "2" }],
  ["[]", {}],
  ["null", null],
  ['"novalue"', 'refused: invalid key pair "novalue"'],
  ['["a=1","=x"]', 'refused: invalid key pair "=x"'],
  ['""', 'refused: invalid key pair ""'],
  ['{"a":{"b":1}}', "refused: expected a string, got an object"],
])("key-value map: %s", (json, value) => {
  expect(read(keyValueMap(), json)).toEqual(value);
});

const base64 = (decoded: string) => JSON.stringify(Buffer.from(decoded).toString("base64"));

test.each([
  ['{"A":"x","b":["y","z"],"n":20}', { A: ["x"], b: ["y", "z"], n: ["20"] }],
  ['{"A":"x","a":"y"}', { A: ["x"], a: ["y"] }],
  [base64('{"A":["x"],"Content-Length":43}'), { A: ["x"], "Content-Length": ["43"] }],
  ['"{\\"A\\":\\"x\\"}"', { A: ["x"] }],
  ['["A:x","A: y:z"]', { A: ["x", " y:z"] }],
  ['[{"A":"x"},{"B":["y"]}]', { A: ["x"], B: ["y"] }],
  ["{}", {}],
  ["[]", {}],
  ["null", {}],
  ['""', "refused: unexpected end of JSON input"],
  ['"!!!"', "refused: invalid character '!' looking for beginning of value"],
  [base64("!!!"), "refused: invalid character '!' looking for beginning of value"],
  [base64("[]"), "refused: expected headers, got a list"],
  [base64(Buffer.from('{"A":"x"}').toString("base64")), expect.stringMatching(/^refused: /)],
  [base64('{"A":"x","A":"y"}'), { A: ["y"] }],
  ['{"A":true}', "refused: expected a header value, got a boolean"],
  ['{"A":null}', "refused: expected a header value, got null"],
  ['{"A":{"b":"c"}}', "refused: expected a header value, got an object"],
  ['{"A":[["b"]]}', "refused: expected a header value, got a list"],
  ['["A"]', "refused: expected a header line, got a string"],
  ["5", "refused: expected headers, got a number"],
])("header map: %s", (json, value) => {
  expect(read(headerMap(), json)).toEqual(value);
});

test.each([
  ['{"a":{"b":[1]}}', { a: { b: [1] } }],
  ["null", null],
  ["[]", {}],
  ['"x"', "refused: expected an object, got a string"],
  ["1.0", "refused: expected an object, got a number"],
])("object: %s", (json, value) => {
  expect(read(jsonObject(), json)).toEqual(value);
});

test("any value: as sent", () => {
  expect(read(anyValue(), '{"a":[null]}')).toEqual({ a: [null] });
});

describe("parseFields", () => {
  const fields = { ttl: duration(), name: text(), renewable: flag() };

  test("leaves what was not supplied undefined, and reads what was, whatever its value", () => {
    const values = parseFields(fields, { ttl: null, name: null, other: 1 }, "validated");

    expect(values).toEqual({ name: "" });
  });

  test("says where Vault notices: before or after the existence check", () => {
    const raw = { ttl: "abc" };

    expect(() => parseFields(fields, raw, "validated")).toThrow(
      'Field validation failed: error converting input for field "ttl": time: invalid duration "abc"',
    );
    expect(() => parseFields(fields, raw, "existence")).toThrow(
      /^error converting input for field "ttl": time: invalid duration "abc"$/,
    );
  });

  test("never shows a value that was put into a text field", () => {
    const raw = { name: { password: "hunter2" } };

    expect(() => parseFields(fields, raw, "validated")).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("hunter2") as string }),
    );
  });

  test("takes no field from the prototype", () => {
    expect(parseFields({ toString: text(), constructor: text() }, {}, "validated")).toEqual({});
  });
});

test("unknown names are told sorted", () => {
  const raw = parseJson('{"zzz":1,"bogus":1,"ttl":1,"toString":1,"__proto__":1}') as Record<
    string,
    unknown
  >;

  expect(unknownNames({ ttl: duration() }, raw)).toEqual(["__proto__", "bogus", "toString", "zzz"]);
});
