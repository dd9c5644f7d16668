import { z } from "zod";

const Words = z.string().trim().max(512).default("");

/** Which tokens are shown, by the names of the page's address; lists are separated by commas. */
export const TokenAddress = z.object({
  state: z.enum(["live", "ended"]).catch("live"),
  q: Words,
  mount: Words,
  policy: Words,
  entity: Words,
  from: Words,
  to: Words,
  sort: z.enum(["newest", "oldest"]).catch("newest"),
  cursor: z.string().max(2048).default(""),
});
export type TokenAddress = z.infer<typeof TokenAddress>;

/** What narrows the list; without them it is all tokens of its state. */
const FILTERS = ["q", "mount", "policy", "entity", "from", "to"] as const;
type FilterName = (typeof FILTERS)[number];

const TOKENS_PER_PAGE = 50;

/** The address's parameters; of one that is there several times, the first. */
export function parseTokenAddress(
  params: Readonly<Record<string, string | string[] | undefined>>,
): TokenAddress {
  const first = Object.entries(params).map(([name, value]) => [name, [value].flat()[0]]);
  const parsed = TokenAddress.safeParse(Object.fromEntries(first));
  return parsed.success ? parsed.data : TokenAddress.parse({});
}

/** The query that the API answers an address with. */
export function tokenQuery(address: TokenAddress): Record<string, string | undefined> {
  const { state, sort, q, mount, policy, entity, from, to, cursor } = address;
  const column = state === "live" ? "issued" : "ended";
  return {
    state,
    sort: sort === "newest" ? `-${column}` : column,
    q: q || undefined,
    mount: mount || undefined,
    policy: policy || undefined,
    entity_id: entity || undefined,
    issued_after: from || undefined,
    issued_before: to || undefined,
    cursor: cursor || undefined,
    limit: String(TOKENS_PER_PAGE),
    count: "true",
    last_used: "true",
  };
}

/** An address as the query part of a link; what is as usual is left out. */
export function tokenSearch(address: TokenAddress): string {
  const usual = TokenAddress.parse({});
  const changed = Object.entries(address).filter(
    ([name, value]) => value !== Reflect.get(usual, name),
  );
  return new URLSearchParams(changed).toString();
}

export function isFiltered(address: TokenAddress): boolean {
  return FILTERS.some((name) => address[name] !== "");
}

/** A condition as PropertyFilter has it; without a property it is free text. */
export type Condition = {
  propertyKey?: string | undefined;
  operator: string;
  value: unknown;
};

/** The conditions that an address stands for. */
export function conditionsOf(address: TokenAddress): Condition[] {
  const listed = (name: FilterName): Condition[] =>
    partsOf(address[name]).map((value) => ({ propertyKey: name, operator: "=", value }));
  const text = address.q.split(/\s+/).filter((word) => word !== "");
  return [
    ...text.map((value) => ({ operator: ":", value })),
    ...listed("mount"),
    ...listed("policy"),
    ...listed("entity"),
    ...(address.from === ""
      ? []
      : [{ propertyKey: "issued", operator: ">=", value: address.from }]),
    ...(address.to === "" ? [] : [{ propertyKey: "issued", operator: "<", value: address.to }]),
  ];
}

/** An address with these conditions, at its first page. */
export function withConditions(
  address: TokenAddress,
  conditions: readonly Condition[],
): TokenAddress {
  const textsOf = (name: string | undefined, operator: string): string[] =>
    conditions.flatMap((one) =>
      one.propertyKey === name && one.operator === operator && typeof one.value === "string"
        ? [one.value.trim()]
        : [],
    );
  return {
    ...address,
    q: textsOf(undefined, ":").join(" "),
    mount: textsOf("mount", "=").join(","),
    policy: textsOf("policy", "=").join(","),
    entity: textsOf("entity", "=").at(-1) ?? "",
    from: instantText(textsOf("issued", ">=").at(-1)),
    to: instantText(textsOf("issued", "<").at(-1)),
    cursor: "",
  };
}

function partsOf(list: string): string[] {
  return list.split(",").filter((part) => part !== "");
}

/** `2026-11-24` and `2026-11-24 15:40` are of UTC; what is no instant filters nothing. */
function instantText(typed = ""): string {
  const spaced = typed.trim().replace(" ", "T");
  const zoned = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(spaced) ? `${spaced}Z` : spaced;
  const at = zoned === "" ? NaN : Date.parse(zoned);
  return Number.isNaN(at) ? "" : new Date(at).toISOString();
}
