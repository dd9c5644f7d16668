/** A statement whose parameters have names: `:role` instead of `$7`. */
export type NamedStatement<N extends string> = {
  /** With these values; the statement stays unnamed, so that it is planned for them. */
  with(values: Readonly<Record<N, unknown>>): { text: string; values: unknown[] };
};

/**
 * Numbers the parameters of a constant text. A condition `(:role::text is null or role = :role)` costs
 * nothing when it is not asked: the planner sees the values and leaves it out. A name that the text
 * does not use is left out too.
 */
export function named<const N extends string>(
  text: string,
  names: readonly N[],
): NamedStatement<N> {
  const used: N[] = [];
  const numbered = text.replace(/(?<!:):([a-z_]+)/g, (_whole, word: string) => {
    const name = names.find((one) => one === word);
    if (name === undefined) throw new Error(`the statement has no parameter ${word}`);
    if (!used.includes(name)) used.push(name);
    return `$${used.indexOf(name) + 1}`;
  });
  return { with: (values) => ({ text: numbered, values: used.map((name) => values[name]) }) };
}
