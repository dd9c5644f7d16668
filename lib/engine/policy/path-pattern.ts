/** The three kinds of rules: a path itself, all that begins with it, or segments with `+` for any. */
export type PatternKind = "exact" | "prefix" | "segments";

/** What decides between rules that match the same path, in this order. */
export type Rank = {
  /** Where the first wildcard stands; later is stronger. */
  readonly firstWildcard: number;
  /** With a star at the end; weaker than without. */
  readonly isPrefix: boolean;
  /** Segments that are `+`; fewer is stronger. */
  readonly plusSegments: number;
  /** Bytes without the star; longer is stronger. */
  readonly bytes: number;
};

/** A rule's path, read. */
export type PathPattern = {
  readonly kind: PatternKind;
  /** As a policy writes it, without leading slash: `aws/creds/*`. */
  readonly path: string;
  /** Without the star that makes a prefix. */
  readonly text: string;
  readonly rank: Rank;
};

/** One leading slash of a path in a policy or a question about one says nothing. */
export function withoutLeadingSlash(path: string): string {
  return path.startsWith("/") ? path.slice(1) : path;
}

/**
 * Reads a path of a policy. A `+` that starts a segment makes it a pattern of segments (`+x` then is a
 * segment of those two characters), a star at the end a prefix; other stars are characters.
 *
 * @see https://developer.hashicorp.com/vault/docs/concepts/policies#policy-syntax
 */
export function pathPattern(path: string): PathPattern {
  const isPrefix = path.endsWith("*");
  const text = isPrefix ? path.slice(0, -1) : path;
  const segments = path === "+" || path.startsWith("+/") || path.includes("/+");
  const plusSegments = segments ? text.split("/").filter((part) => part === "+").length : 0;
  return {
    kind: segments ? "segments" : isPrefix ? "prefix" : "exact",
    path,
    text,
    rank: {
      firstWildcard: segments ? path.indexOf("+") : text.length,
      isPrefix,
      plusSegments,
      // Pages read policies too, in browsers, where there is no Buffer.
      bytes: new TextEncoder().encode(text).length,
    },
  };
}

/** Positive when `a` wins over `b` where both match; 0 only for the same text. */
export function comparePatterns(a: PathPattern, b: PathPattern): number {
  return (
    a.rank.firstWildcard - b.rank.firstWildcard ||
    Number(b.rank.isPrefix) - Number(a.rank.isPrefix) ||
    b.rank.plusSegments - a.rank.plusSegments ||
    a.rank.bytes - b.rank.bytes ||
    // By bytes, as Go compares strings.
    Buffer.compare(Buffer.from(a.text), Buffer.from(b.text))
  );
}

/** Whether a path, cut at its slashes, is what the segments of a pattern allow. */
export function segmentsMatch(
  pattern: readonly string[],
  isPrefix: boolean,
  path: readonly string[],
): boolean {
  if (path.length < pattern.length || (!isPrefix && path.length !== pattern.length)) return false;
  const last = pattern.length - 1;
  return pattern.every((part, index) => {
    const segment = path[index] ?? "";
    if (part === "+" || part === segment) return true;
    return isPrefix && index === last && segment.startsWith(part);
  });
}
