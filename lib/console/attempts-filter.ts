import { z } from "zod";

const Words = z.string().trim().max(512).default("");

/** Which attempts are shown, by the names of the page's address. */
export const AttemptAddress = z.object({
  result: z.enum(["any", "refused", "passed"]).catch("any"),
  q: Words,
  mount: Words,
  role: Words,
  step: Words,
  cause: Words,
  account: Words,
  from: Words,
  to: Words,
  cursor: z.string().max(2048).default(""),
});
export type AttemptAddress = z.infer<typeof AttemptAddress>;

/** What PropertyFilter asks for by property; the API takes one value of each. */
const PROPERTIES = ["mount", "role", "step", "cause", "account"] as const;

const ATTEMPTS_PER_PAGE = 50;

/** The address's parameters; of one that is there several times, the first. */
export function parseAttemptAddress(
  params: Readonly<Record<string, string | string[] | undefined>>,
): AttemptAddress {
  const first = Object.entries(params).map(([name, value]) => [name, [value].flat()[0]]);
  const parsed = AttemptAddress.safeParse(Object.fromEntries(first));
  return parsed.success ? parsed.data : AttemptAddress.parse({});
}

/** The query that the API answers an address with. */
export function attemptQuery(address: AttemptAddress): Record<string, string | undefined> {
  const asked = Object.entries(address).filter(([, value]) => value !== "");
  return { ...Object.fromEntries(asked), limit: String(ATTEMPTS_PER_PAGE) };
}

/** An address as the query part of a link; what is as usual is left out. */
export function attemptSearch(address: AttemptAddress): string {
  const usual = AttemptAddress.parse({});
  const changed = Object.entries(address).filter(
    ([name, value]) => value !== Reflect.get(usual, name),
  );
  return new URLSearchParams(changed).toString();
}

/** The list, narrowed by some of its filters. */
export function attemptsHref(filter: Partial<AttemptAddress>): string {
  const search = attemptSearch(AttemptAddress.parse(filter));
  return search === "" ? "/auth/attempts" : `/auth/attempts?${search}`;
}

export function isFiltered(address: AttemptAddress): boolean {
  return address.result !== "any" || conditionsOf(address).length > 0;
}

/** A condition as PropertyFilter has it; without a property it is free text. */
export type Condition = { propertyKey?: string | undefined; operator: string; value: unknown };

/** The conditions that an address stands for; the result has a control of its own. */
export function conditionsOf(address: AttemptAddress): Condition[] {
  const one = (condition: Condition): Condition[] => (condition.value === "" ? [] : [condition]);
  return [
    ...one({ operator: ":", value: address.q }),
    ...PROPERTIES.flatMap((name) =>
      one({ propertyKey: name, operator: "=", value: address[name] }),
    ),
    ...one({ propertyKey: "at", operator: ">=", value: address.from }),
    ...one({ propertyKey: "at", operator: "<", value: address.to }),
  ];
}

/** An address with these conditions, at its first page; of two of one kind the later counts. */
export function withConditions(
  address: AttemptAddress,
  conditions: readonly Condition[],
): AttemptAddress {
  const last = (name: string | undefined, operator: string): string => {
    const found = conditions.findLast(
      (one) => one.propertyKey === name && one.operator === operator,
    );
    return typeof found?.value === "string" ? found.value.trim() : "";
  };
  const properties = Object.fromEntries(PROPERTIES.map((name) => [name, last(name, "=")]));
  return {
    ...address,
    ...properties,
    q: last(undefined, ":"),
    from: instantText(last("at", ">=")),
    to: instantText(last("at", "<")),
    cursor: "",
  };
}

/** `2026-11-24` and `2026-11-24 15:40` are of UTC; what is no instant filters nothing. */
function instantText(typed: string): string {
  const spaced = typed.replace(" ", "T");
  const zoned = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(spaced) ? `${spaced}Z` : spaced;
  const at = zoned === "" ? NaN : Date.parse(zoned);
  return Number.isNaN(at) ? "" : new Date(at).toISOString();
}
