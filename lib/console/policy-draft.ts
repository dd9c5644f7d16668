import { isEngineError } from "@/lib/engine/errors";
import { parsePolicy } from "@/lib/engine/policy/parse";

/** What is wrong with a policy's text, and where; both count from 1. Line 0: nowhere in particular. */
export type DraftProblem = { line: number; column: number; message: string };

const PLACE = /At (\d+):(\d+): /;
const LINE = / on line (\d+)$/;

/** What keeps a text from being a policy, by the parser that stores them; empty: nothing. */
export function draftProblems(text: string): DraftProblem[] {
  if (text.trim() === "") return [];
  try {
    parsePolicy("draft", text);
    return [];
  } catch (error) {
    if (!isEngineError(error)) throw error;
    return linesOf(error.message).map((line) => problemOf(line, text));
  }
}

/** Several mistakes of one kind come as a list, `\t* ` before each. */
function linesOf(message: string): string[] {
  const plain = message.replace(/^failed to parse policy: /, "");
  const listed = plain.split("\n").filter((line) => line.startsWith("\t* "));
  return listed.length === 0 ? [plain.trim()] : listed.map((line) => line.slice(3));
}

function problemOf(message: string, text: string): DraftProblem {
  const [found, line, column] = PLACE.exec(message) ?? [];
  if (found !== undefined) {
    return { line: Number(line), column: Number(column), message: message.replace(found, "") };
  }
  const onLine = LINE.exec(message);
  if (onLine !== null) {
    return { line: Number(onLine[1]), column: 1, message: message.replace(onLine[0], "") };
  }
  return { ...placeOfWord(message, text), message };
}

/** A mistake told without its place quotes what is wrong last: the first such word after its path. */
function placeOfWord(message: string, text: string): { line: number; column: number } {
  const quoted = [...message.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word]) => word ?? "");
  let from = 0;
  for (const word of quoted) {
    const at = word === "" ? -1 : text.indexOf(word, from);
    if (at < 0) return { line: 0, column: 0 };
    from = at;
  }
  if (quoted.length === 0) return { line: 0, column: 0 };
  const lines = text.slice(0, from).split("\n");
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
