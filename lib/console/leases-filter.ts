import { z } from "zod";

export const LEASE_STATES = ["live", "active", "revoking", "irrevocable", "ended", "any"] as const;
type LeaseStateFilter = (typeof LEASE_STATES)[number];

const LIVE_SORTS = ["-issued", "issued", "ends", "-ends"] as const;
const ENDED_SORTS = ["-ended", "ended"] as const;
export const PAGE_SIZES = [25, 50, 100, 200] as const;
const PAGE_SIZE_DEFAULT = 50;

/** Properties that take several values, to be there or not to be there. */
const LIST_FILTERS = ["mount", "role", "kind", "account"] as const;
type ListFilter = (typeof LIST_FILTERS)[number];
type Excluding = `not_${ListFilter}`;

const List = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => [...new Set([given].flat().filter((one) => one !== ""))].slice(0, 50))
  .catch([])
  .default([]);
const One = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => [given].flat()[0] ?? "")
  .catch("")
  .default("");
const Choice = <T extends string>(choices: readonly [T, ...T[]]) =>
  One.transform((text): T => choices.find((choice) => choice === text) ?? choices[0]);

/**
 * What the address of the page says: which leases, in which order, from where. Whatever it does not
 * know counts as not said, so that an old or mistyped link still opens.
 */
export const LeaseAddress = z
  .object({
    q: One,
    state: Choice(LEASE_STATES),
    mount: List,
    role: List,
    kind: List,
    account: List,
    not_mount: List,
    not_role: List,
    not_kind: List,
    not_account: List,
    accessor: One,
    sort: One,
    cursor: One,
    page: One.transform((text) => Math.max(1, Math.trunc(Number(text)) || 1)),
    size: One.transform((text) => PAGE_SIZES.find((size) => size === Number(text)) ?? 0),
  })
  .transform((address) => {
    const sort = sortOf(address.state, address.sort);
    const isFirst = address.cursor === "" || address.page === 1;
    return { ...address, sort, ...(isFirst && { cursor: "", page: 1 }) };
  });
export type LeaseAddress = z.infer<typeof LeaseAddress>;

type Searched = Record<string, string | string[] | undefined>;

export function parseLeaseAddress(searched: Searched): LeaseAddress {
  return LeaseAddress.parse(searched);
}

/** The same from the browser's address bar. */
export function leaseAddressOf(params: URLSearchParams): LeaseAddress {
  const names = [...new Set(params.keys())];
  return parseLeaseAddress(Object.fromEntries(names.map((name) => [name, params.getAll(name)])));
}

/** Orders that the API has an index for; others become the first of the state. */
function sortOf(state: LeaseStateFilter, given: string): string {
  if (state === "any") return "-issued";
  const sorts: readonly string[] = state === "ended" ? ENDED_SORTS : LIVE_SORTS;
  return sorts.find((sort) => sort === given) ?? sorts[0] ?? "";
}

const PLAIN = ["q", "accessor", "cursor"] as const;

/** As it stands in the address; what is not said is left out. */
export function leaseParams(address: LeaseAddress): URLSearchParams {
  const params = new URLSearchParams();
  const { state, sort, page, size } = address;
  if (state !== "live") params.set("state", state);
  for (const name of LIST_FILTERS) {
    for (const value of address[name]) params.append(name, value);
    for (const value of address[`not_${name}`]) params.append(`not_${name}`, value);
  }
  for (const name of PLAIN) if (address[name] !== "") params.set(name, address[name]);
  if (sort !== sortOf(state, "")) params.set("sort", sort);
  if (page > 1) params.set("page", String(page));
  if (size !== 0) params.set("size", String(size));
  return params;
}

export function hrefOfLeases(address: LeaseAddress): string {
  const query = leaseParams(address).toString();
  return query === "" ? "/leases" : `/leases?${query}`;
}

/** The filter alone, as the API takes it; without the state where jobs take live leases anyway. */
export function filterQuery(address: LeaseAddress): Record<string, string> {
  const lists = LIST_FILTERS.flatMap((name) => [
    [name, address[name].join(",")] as const,
    [`not_${name}`, address[`not_${name}`].join(",")] as const,
  ]);
  const all = [...lists, ["q", address.q] as const, ["accessor", address.accessor] as const];
  return Object.fromEntries(all.filter(([, value]) => value !== ""));
}

/** A page with its count, as the API takes it. */
export function leaseQuery(address: LeaseAddress): Record<string, string> {
  return {
    ...filterQuery(address),
    state: address.state,
    sort: address.sort,
    limit: String(address.size === 0 ? PAGE_SIZE_DEFAULT : address.size),
    ...(address.cursor !== "" && { cursor: address.cursor }),
    count: "true",
  };
}

/** Whether anything narrows the list down. */
export function isFiltered(address: LeaseAddress): boolean {
  return Object.keys(filterQuery(address)).length > 0 || address.state !== "live";
}

/** The address without what a change of the filter makes void. */
export function refiltered(address: LeaseAddress, changes: Partial<LeaseAddress>): LeaseAddress {
  const next = { ...address, ...changes, cursor: "", page: 1 };
  return { ...next, sort: sortOf(next.state, next.sort) };
}

/** One condition of the filter, as a chip shows it. */
type FilterChip = { name: string; operator: string; value: string };

/** Free text words stand by themselves: a name that is empty. */
export function chipsOf(address: LeaseAddress): FilterChip[] {
  const chips: FilterChip[] = address.q
    .split(/\s+/)
    .filter((word) => word !== "")
    .map((value) => ({ name: "", operator: ":", value }));
  if (address.state !== "live") chips.push({ name: "state", operator: "=", value: address.state });
  for (const name of LIST_FILTERS) {
    for (const value of address[name]) chips.push({ name, operator: "=", value });
    for (const value of address[`not_${name}`]) chips.push({ name, operator: "!=", value });
  }
  if (address.accessor !== "") {
    chips.push({ name: "accessor", operator: "=", value: address.accessor });
  }
  return chips;
}

/** What chips say; of a state or a token there is one, and the last that is said counts. */
export function filterOf(chips: readonly FilterChip[]): Partial<LeaseAddress> {
  const valuesOf = (name: string, operator: string): string[] => [
    ...new Set(
      chips.filter((chip) => chip.name === name && chip.operator === operator).map(valueOf),
    ),
  ];
  const state = valuesOf("state", "=").at(-1);
  const lists = LIST_FILTERS.flatMap((name) => [
    [name, valuesOf(name, "=")] as const,
    [`not_${name}`, valuesOf(name, "!=")] as const,
  ]);
  return {
    q: valuesOf("", ":").join(" "),
    state: LEASE_STATES.find((one) => one === state) ?? "live",
    ...(Object.fromEntries(lists) as Record<ListFilter | Excluding, string[]>),
    accessor: valuesOf("accessor", "=").at(-1) ?? "",
  };
}

function valueOf({ value }: FilterChip): string {
  return value.trim();
}
