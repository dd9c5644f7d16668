import { z } from "zod";

const Words = z.string().trim().max(512).default("");

/** Which rows are shown, by the names of the page's address. */
export const ValidatorAddress = z.object({
  status: z.enum(["", "ok", "warning", "unknown", "error"]).catch(""),
  q: Words.pipe(z.string().max(200).catch("")),
  mount: Words,
  code: Words,
  cursor: z.string().max(4096).default(""),
});
export type ValidatorAddress = z.infer<typeof ValidatorAddress>;

const ROWS_PER_PAGE = 50;

/** The address's parameters; of one that is there several times, the first. */
export function parseValidatorAddress(
  params: Readonly<Record<string, string | string[] | undefined>>,
): ValidatorAddress {
  const first = Object.entries(params).map(([name, value]) => [name, [value].flat()[0]]);
  const parsed = ValidatorAddress.safeParse(Object.fromEntries(first));
  return parsed.success ? parsed.data : ValidatorAddress.parse({});
}

export function validatorQuery(address: ValidatorAddress): Record<string, string | undefined> {
  const given = Object.entries(address).filter(([, value]) => value !== "");
  return { ...Object.fromEntries(given), limit: String(ROWS_PER_PAGE) };
}

export function isFiltered({ status, q, mount, code }: ValidatorAddress): boolean {
  return [status, q, mount, code].some((part) => part !== "");
}
