"use client";

import "@/components/text-editor.css";

/** Longer texts are compared as a whole: the table of the comparison grows with the square. */
const LINES_MAX = 1500;

/** What a change does to a text, line by line: `+` is new, `-` goes. */
export function LineDiff({ before, after }: { before: string; after: string }) {
  return (
    <pre className="line-diff" tabIndex={0} aria-label="Changes, line by line">
      {changedLines(before.split("\n"), after.split("\n")).map(([kind, line], index) => {
        if (kind === "+") return <ins key={index}>+ {line}</ins>;
        if (kind === "-") return <del key={index}>- {line}</del>;
        return <div key={index}>{`  ${line}`}</div>;
      })}
    </pre>
  );
}

type Line = [kind: "+" | "-" | " ", text: string];

function changedLines(before: readonly string[], after: readonly string[]): Line[] {
  if (before.length > LINES_MAX || after.length > LINES_MAX) {
    return [...before.map((line): Line => ["-", line]), ...after.map((line): Line => ["+", line])];
  }
  const common = commonLengths(before, after);
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    if (i < before.length && before[i] === after[j]) {
      lines.push([" ", before[i] ?? ""]);
      i += 1;
      j += 1;
    } else if (j >= after.length || (i < before.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push(["-", before[i] ?? ""]);
      i += 1;
    } else {
      lines.push(["+", after[j] ?? ""]);
      j += 1;
    }
  }
  return lines;
}

/** Longest common subsequences of the rests of both texts. */
function commonLengths(before: readonly string[], after: readonly string[]): number[][] {
  const table = Array.from({ length: before.length + 1 }, () =>
    new Array<number>(after.length + 1).fill(0),
  );
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      const row = table[i] ?? [];
      const below = table[i + 1] ?? [];
      row[j] =
        before[i] === after[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table;
}
