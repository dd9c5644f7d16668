import { parseDuration } from "@/lib/engine/duration";
import {
  aggregateText,
  type EngineError,
  invalidRequest,
  isEngineError,
} from "@/lib/engine/errors";
import { BIT, capabilityBit, LEGACY_POLICIES } from "@/lib/engine/policy/capability";
import {
  joinLists,
  type ParameterLists,
  type ParameterRules,
  type ParameterValue,
} from "@/lib/engine/policy/parameters";
import {
  type PathPattern,
  pathPattern,
  withoutLeadingSlash,
} from "@/lib/engine/policy/path-pattern";
import {
  type Place,
  quote,
  type SyntaxEntry,
  type SyntaxObject,
  type SyntaxValue,
  syntaxError,
} from "@/lib/engine/policy/syntax";
import { hasTemplates } from "@/lib/engine/policy/template";

/** What a block or several joined ones grant, and under which conditions. */
export type Grant = {
  /** Bits of `capability.ts`; with `deny` nothing else is kept. */
  readonly capabilities: number;
  /** 0: none. Either forces the answer to be wrapped. */
  readonly minWrappingTtlSeconds: number;
  readonly maxWrappingTtlSeconds: number;
  readonly parameters: ParameterRules | null;
};

/** One `path "…" { … }`. */
export type PathBlock = Grant & {
  /** Without leading slash, templates unfilled. */
  readonly path: string;
  /** Line in the policy's text, from 1. */
  readonly line: number;
  /** Null: the path has templates and is read when they are filled. */
  readonly pattern: PathPattern | null;
};

export const PATH_LENGTH_MAX = 4_096;
/** Mistakes of one kind that are told at once. */
const MISTAKES_MAX = 20;

type Draft = {
  path: string;
  capabilities: number;
  minWrappingTtlSeconds: number;
  maxWrappingTtlSeconds: number;
  required: string[];
  allowed: ParameterLists;
  denied: ParameterLists;
};
type Reader = (draft: Draft, value: SyntaxValue) => void;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["policy", readLegacyPolicy],
  ["capabilities", readCapabilities],
  [
    "allowed_parameters",
    (draft, value) => (draft.allowed = joinLists(draft.allowed, listsOf(draft, value))),
  ],
  [
    "denied_parameters",
    (draft, value) => (draft.denied = joinLists(draft.denied, listsOf(draft, value))),
  ],
  ["required_parameters", readRequired],
  [
    "min_wrapping_ttl",
    (draft, value) => (draft.minWrappingTtlSeconds = wrappingTtl("min_wrapping_ttl", value)),
  ],
  [
    "max_wrapping_ttl",
    (draft, value) => (draft.maxWrappingTtlSeconds = wrappingTtl("max_wrapping_ttl", value)),
  ],
]);

/** Taken and without effect: nothing here is guarded by them. */
const IGNORED_KEYS: ReadonlySet<string> = new Set([
  "comment",
  "mfa_methods",
  "subscribe_event_types",
]);

/** Narrows in other editions; a policy that relies on it must not be widened in silence. */
const UNSUPPORTED_KEY = "control_group";

const KNOWN_KEYS: readonly string[] = [...READERS.keys(), ...IGNORED_KEYS, UNSUPPORTED_KEY];

/**
 * Reads one block of a policy.
 *
 * @throws EngineError `invalid_request` with Vault's text where it has one.
 * @see https://developer.hashicorp.com/vault/docs/concepts/policies
 */
export function readPathBlock(entry: SyntaxEntry): PathBlock {
  const [key, label, surplus] = entry.keys;
  if (key === undefined || label === undefined) {
    throw syntaxError(key?.at ?? entry.value.at, 'expected a path: path "…" { … }');
  }
  if (surplus !== undefined) throw syntaxError(surplus.at, "a path block has one path");
  const path = withoutLeadingSlash(label.text);
  checkPath(path, label.at);
  const templated = hasTemplates(path);
  if (entry.value.kind !== "object") {
    throw blockError(label.text, entry.value.at, "expected an object");
  }
  checkKeys(entry.value, label.text);
  if (path.includes("+*")) {
    throw invalidRequest(`path ${quote(path)}: invalid use of wildcards ('+*' is forbidden)`);
  }
  return {
    path,
    line: label.at.line,
    pattern: templated ? null : pathPattern(path),
    ...readGrant(entry.value, label.text),
  };
}

function checkPath(path: string, at: Place): void {
  if (path === "") throw syntaxError(at, "a path must not be empty");
  if (path.length > PATH_LENGTH_MAX) {
    throw syntaxError(at, `a path has at most ${PATH_LENGTH_MAX} characters`);
  }
}

function checkKeys(block: SyntaxObject, path: string): void {
  refuseUnknownKeys(block.entries, KNOWN_KEYS, `path ${quote(path)}: `);
  for (const { keys, value } of block.entries) {
    const [key, surplus] = keys;
    if (key?.text === UNSUPPORTED_KEY) {
      throw blockError(
        path,
        key.at,
        "control_group is not supported, and ignoring it would widen access",
      );
    }
    if (surplus !== undefined && !IGNORED_KEYS.has(key?.text ?? "")) {
      throw blockError(path, value.at, `${key?.text ?? ""} takes no label`);
    }
  }
}

/**
 * Refuses keys that are not `known`, all in one error.
 *
 * @throws EngineError `invalid_request`.
 */
export function refuseUnknownKeys(
  entries: readonly SyntaxEntry[],
  known: readonly string[],
  prefix: string,
): void {
  const unknown = entries.flatMap(({ keys: [key] }) =>
    key === undefined || known.includes(key.text) ? [] : [key],
  );
  if (unknown.length === 0) return;
  throw invalidRequest(
    aggregateText(
      unknown
        .slice(0, MISTAKES_MAX)
        .map((key) => `${prefix}invalid key ${quote(key.text)} on line ${key.at.line}`),
    ),
  );
}

function readGrant(block: SyntaxObject, path: string): Grant {
  const draft: Draft = {
    path,
    capabilities: 0,
    minWrappingTtlSeconds: 0,
    maxWrappingTtlSeconds: 0,
    required: [],
    allowed: new Map(),
    denied: new Map(),
  };
  for (const { keys, value } of block.entries) READERS.get(keys[0]?.text ?? "")?.(draft, value);

  const { minWrappingTtlSeconds, maxWrappingTtlSeconds } = draft;
  if (maxWrappingTtlSeconds > 0 && maxWrappingTtlSeconds < minWrappingTtlSeconds) {
    throw invalidRequest("max_wrapping_ttl cannot be less than min_wrapping_ttl");
  }
  if ((draft.capabilities & BIT.deny) !== 0) return DENIAL;
  return {
    capabilities: draft.capabilities,
    minWrappingTtlSeconds,
    maxWrappingTtlSeconds,
    parameters: parameterRules(draft),
  };
}

/** Nothing stands beside `deny`. */
export const DENIAL: Grant = {
  capabilities: BIT.deny,
  minWrappingTtlSeconds: 0,
  maxWrappingTtlSeconds: 0,
  parameters: null,
};

function parameterRules({ required, allowed, denied }: Draft): ParameterRules | null {
  if (required.length === 0 && allowed.size === 0 && denied.size === 0) return null;
  return { required: [...new Set(required)], allowed, denied };
}

function readLegacyPolicy(draft: Draft, value: SyntaxValue): void {
  const word = textOf(draft, value, "policy");
  const bits = word === "" ? 0 : LEGACY_POLICIES.get(word);
  if (bits === undefined) {
    throw invalidRequest(`path ${quote(draft.path)}: invalid policy ${quote(word)}`);
  }
  draft.capabilities |= bits;
}

function readCapabilities(draft: Draft, value: SyntaxValue): void {
  for (const item of itemsOf(draft, value, "capabilities")) {
    const name = textOf(draft, item, "a capability");
    const bit = capabilityBit(name);
    if (bit === null) {
      throw invalidRequest(`path ${quote(draft.path)}: invalid capability ${quote(name)}`);
    }
    draft.capabilities |= bit;
  }
}

function readRequired(draft: Draft, value: SyntaxValue): void {
  for (const item of itemsOf(draft, value, "required_parameters")) {
    draft.required.push(textOf(draft, item, "a required parameter").toLowerCase());
  }
}

function listsOf(draft: Draft, value: SyntaxValue): ParameterLists {
  const objects = value.kind === "list" ? value.items : [value];
  let lists: ParameterLists = new Map();
  for (const object of objects) {
    if (object.kind !== "object") throw blockError(draft.path, object.at, "expected an object");
    // Names that differ in letter case only are the same parameter.
    for (const { keys, value: values } of object.entries) {
      const [name, surplus] = keys;
      if (surplus !== undefined) throw blockError(draft.path, surplus.at, "expected one name");
      const listed = itemsOf(draft, values, "values").map((item) => parameterValue(draft, item));
      lists = joinLists(lists, new Map([[name?.text.toLowerCase() ?? "", listed]]));
    }
  }
  return lists;
}

function parameterValue(draft: Draft, value: SyntaxValue): ParameterValue {
  switch (value.kind) {
    case "text":
      return value.text;
    case "number":
      return Number(value.text);
    case "flag":
      return value.flag;
    case "null":
      return null;
    case "list":
    case "object":
      throw blockError(
        draft.path,
        value.at,
        "a parameter value is a string, a number or a boolean",
      );
  }
}

function wrappingTtl(key: string, value: SyntaxValue): number {
  if (value.kind !== "text" && value.kind !== "number") {
    throw syntaxError(value.at, `error parsing ${key}: expected a duration`);
  }
  let seconds: number;
  try {
    seconds = parseDuration(value.text);
  } catch (error) {
    throw isEngineError(error) ? invalidRequest(`error parsing ${key}: ${error.message}`) : error;
  }
  // Would count as "none" and so lift the bound that its author meant.
  if (seconds < 0) throw invalidRequest(`error parsing ${key}: must not be negative`);
  return seconds;
}

function itemsOf(draft: Draft, value: SyntaxValue, what: string): readonly SyntaxValue[] {
  if (value.kind === "list") return value.items;
  throw blockError(draft.path, value.at, `${what} must be a list`);
}

function textOf(draft: Draft, value: SyntaxValue, what: string): string {
  if (value.kind === "text") return value.text;
  throw blockError(draft.path, value.at, `${what} must be a string`);
}

function blockError(path: string, at: Place, problem: string): EngineError {
  return invalidRequest(`path ${quote(path)}: ${syntaxError(at, problem).message}`);
}
