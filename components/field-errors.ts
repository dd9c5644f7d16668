type Refusal = {
  kind: "forbidden" | "not_found" | "unavailable" | "failed" | "signed_out";
  message: string;
  requestId: string;
  capability: string;
  path: string;
};

type Outcome = { refusal: Refusal | null; fields: Readonly<Record<string, string>> };

/**
 * What is wrong with a form, by field: what its schema found, and the API's own words where they are
 * about one field (`where`: the first pattern that the words match). `refusal` is what is left for the
 * form as a whole.
 */
export function fieldErrors(
  { refusal, fields }: Outcome,
  where: readonly (readonly [RegExp, string])[],
): Outcome {
  if (Object.keys(fields).length > 0) return { refusal: null, fields };
  if (refusal?.kind !== "failed") return { refusal, fields };
  const field = where.find(([pattern]) => pattern.test(refusal.message))?.[1];
  return field === undefined
    ? { refusal, fields }
    : { refusal: null, fields: { [field]: refusal.message } };
}
