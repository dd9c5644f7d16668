import { secretIn } from "@/lib/console/find-text";

/** More than anybody pastes at once; each is looked for by itself. */
const IDENTIFIERS_MAX = 10;
const IDENTIFIER_MAX = 512;

/** What can be told from other text by its looks: key ids, ARNs, lease ids, accessors. */
const SHAPES = [
  /\b(?:AKIA|ASIA)[A-Z2-7]{12,16}\b/g,
  /\barn:aws[\w-]*:[a-z0-9-]*:[\w-]*:\d*:[^\s"',;<>]+/g,
  /(?<![\w/])(?:[\w.@-]+\/)+(?:creds|sts)\/[\w.@-]+\/[A-Za-z0-9]{24}\b/g,
  /(?<![\w/+=.-])[A-Za-z0-9]{24}(?![\w/+=.-])/g,
];

export type Pasted = {
  identifiers: readonly string[];
  /** Words that look like secrets; they are not among the identifiers. */
  secrets: number;
};

/**
 * The identifiers in whatever was pasted: one word as it is, or those that stand in other text, such as
 * the environment of a process. What looks like a secret is left out.
 */
export function identifiersIn(text: string): Pasted {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const open = words.filter((word) => secretIn(valueOf(word)) === null);
  const secrets = words.length - open.length;
  const found = open.flatMap((word) => SHAPES.flatMap((shape) => word.match(shape) ?? []));
  const [only] = open;
  const plain = found.length === 0 && open.length === 1 && only !== undefined ? [only] : [];
  const all = [...new Set([...found, ...plain])].filter((one) => one.length <= IDENTIFIER_MAX);
  const whole = all.filter((one) => !all.some((other) => other !== one && other.includes(one)));
  return { identifiers: whole.slice(0, IDENTIFIERS_MAX), secrets };
}

/** `AWS_SECRET_ACCESS_KEY=…` and `"SecretAccessKey":"…"`: the value alone looks like a secret. */
function valueOf(word: string): string {
  return word.replace(/^["']?[\w-]+["']?[=:]["']?(?=.)/, "").replace(/["',;]+$/, "");
}
