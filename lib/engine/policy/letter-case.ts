/**
 * Folds letter case away, for the comparison of denials. Lower first, so that signs such as the
 * Kelvin sign become their letter; upper last, because lower case depends on a letter's neighbours
 * (final sigma) and the folded form of a beginning must be the beginning of the folded form.
 */
export function foldCase(text: string): string {
  return text.toLowerCase().toUpperCase();
}
