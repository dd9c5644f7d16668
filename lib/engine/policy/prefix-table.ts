/**
 * Finds the longest of many prefixes by one binary search. Sorted, a prefix stands before what it
 * begins, and whatever stands between the two begins with it too; so the longest prefix of a path is the
 * greatest entry not above the path, or one of those that begin that entry.
 */
export type PrefixTable<T> = {
  readonly prefixes: readonly string[];
  readonly values: readonly T[];
  /** Index of the longest other prefix that begins this one; -1: none. */
  readonly parents: readonly number[];
};

/** The table of `entries`, by prefix. */
export function prefixTable<T>(entries: ReadonlyMap<string, T>): PrefixTable<T> {
  // By UTF-16 units, as `<=` compares below.
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  const prefixes = sorted.map(([prefix]) => prefix);
  const parents: number[] = [];
  for (const [index, prefix] of prefixes.entries()) {
    let parent = index - 1;
    while (parent >= 0 && !prefix.startsWith(prefixes[parent] ?? "")) {
      parent = parents[parent] ?? -1;
    }
    parents.push(parent);
  }
  return { prefixes, values: sorted.map(([, value]) => value), parents };
}

/** The value of the longest prefix of `path`; null: none begins it. */
export function longestPrefix<T>(table: PrefixTable<T>, path: string): T | null {
  let low = 0;
  let high = table.prefixes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((table.prefixes[middle] ?? "") <= path) low = middle + 1;
    else high = middle;
  }
  let index = low - 1;
  while (index >= 0 && !path.startsWith(table.prefixes[index] ?? "")) {
    index = table.parents[index] ?? -1;
  }
  return table.values[index] ?? null;
}
