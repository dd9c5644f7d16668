/** `*` for any characters, `?` for one; everything else as it stands. Linear in both lengths. */
export function matchesWildcard(pattern: string, text: string): boolean {
  let [at, place, star, mark] = [0, 0, -1, 0];
  while (place < text.length) {
    const char = pattern[at];
    if (char === "*") {
      star = at;
      mark = place;
      at += 1;
    } else if (char === "?" || (char !== undefined && char === text[place])) {
      at += 1;
      place += 1;
    } else if (star >= 0) {
      at = star + 1;
      mark += 1;
      place = mark;
    } else return false;
  }
  while (pattern[at] === "*") at += 1;
  return at === pattern.length;
}
