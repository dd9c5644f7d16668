/** Properties of an entry that can be asked for, and how their values are compared. */
export const AUDIT_PROPERTIES = {
  outcome: "is",
  operation: "is",
  path: "begins",
  role: "is",
  display_name: "is",
  accessor: "is",
  remote_address: "is",
  status: "is",
  error: "contains",
  kind: "is",
  lease_id: "is",
  request_id: "only",
  hash: "only",
} as const;
export type AuditProperty = keyof typeof AUDIT_PROPERTIES;

/** One condition: an entry has this value, or has it not. */
export type Condition = { property: AuditProperty; isExcluded: boolean; value: string };

/** What the page's address says; every link shows what its sender saw. */
export type AuditAddress = {
  /** `-24h`, or an instant (ISO 8601, UTC). */
  from: string;
  /** An instant; empty: the present. */
  to: string;
  /** Words, all of which an entry has. */
  q: string;
  conditions: readonly Condition[];
  sort: "-time" | "time";
  cursor: string;
  before: string;
  /** The entry in the panel; empty: none. */
  event: string;
  isLive: boolean;
};

export const DEFAULT_FROM = "-24h";
const CONDITIONS_MAX = 50;
const RELATIVE = /^-([1-9]\d{0,3})([mhd])$/;
const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** What it does not know counts as not said, so that an old or mistyped link still opens. */
export function parseAuditAddress(params: URLSearchParams): AuditAddress {
  const one = (name: string): string => params.get(name) ?? "";
  const from = relativeMs(one("from")) === null ? instantOf(one("from")) : one("from");
  return {
    from: from === "" ? DEFAULT_FROM : from,
    to: instantOf(one("to")),
    q: one("q").trim(),
    conditions: properties()
      .flatMap((property) => [
        ...params.getAll(property).map((value) => ({ property, isExcluded: false, value })),
        ...params.getAll(`not_${property}`).map((value) => ({ property, isExcluded: true, value })),
      ])
      .filter(({ value }) => value !== "")
      .slice(0, CONDITIONS_MAX),
    sort: one("sort") === "time" ? "time" : "-time",
    cursor: one("cursor"),
    before: one("cursor") === "" ? one("before") : "",
    event: one("event"),
    isLive: one("live") === "on",
  };
}

function properties(): AuditProperty[] {
  return Object.keys(AUDIT_PROPERTIES).filter((name) => isProperty(name));
}

export function isProperty(name: string): name is AuditProperty {
  return Object.hasOwn(AUDIT_PROPERTIES, name);
}

/** Milliseconds back from the present; null: not a relative range. */
export function relativeMs(from: string): number | null {
  const [, amount, unit] = RELATIVE.exec(from) ?? [];
  if (unit !== "m" && unit !== "h" && unit !== "d") return null;
  return Number(amount) * UNIT_MS[unit];
}

function instantOf(text: string): string {
  const at = new Date(text);
  return text === "" || Number.isNaN(at.getTime()) ? "" : at.toISOString();
}

/** As it stands in the address; what goes without saying is left out. */
export function auditParams(address: AuditAddress): URLSearchParams {
  const params = filterParams(address);
  if (address.from === DEFAULT_FROM && address.to === "") params.delete("from");
  if (address.sort !== "-time") params.set("sort", address.sort);
  if (address.cursor !== "") params.set("cursor", address.cursor);
  if (address.before !== "") params.set("before", address.before);
  if (address.event !== "") params.set("event", address.event);
  if (address.isLive) params.set("live", "on");
  return params;
}

/** The filter alone, its range included: what histogram, export and saved views are of. */
export function filterParams({ from, to, q, conditions }: AuditAddress): URLSearchParams {
  const params = new URLSearchParams({ from, ...(to !== "" && { to }), ...(q !== "" && { q }) });
  for (const { property, isExcluded, value } of conditions) {
    params.append(isExcluded ? `not_${property}` : property, value);
  }
  return params;
}

export function auditHref(address: AuditAddress): string {
  const query = auditParams(address).toString();
  return query === "" ? "/audit" : `/audit?${query}`;
}

/** The address under another filter: places in the old list mean nothing in the new one. */
export function refiltered(address: AuditAddress, changes: Partial<AuditAddress>): AuditAddress {
  return { ...address, ...changes, cursor: "", before: "" };
}

export function isFiltered({ q, conditions }: AuditAddress): boolean {
  return q !== "" || conditions.length > 0;
}

/** Without the condition that was added last; words count as the last. */
export function withoutLast(address: AuditAddress): AuditAddress {
  if (address.q === "") {
    return refiltered(address, { conditions: address.conditions.slice(0, -1) });
  }
  return refiltered(address, { q: address.q.split(/\s+/).slice(0, -1).join(" ") });
}

/** With one condition more; the opposite of it is taken away. */
export function withCondition(address: AuditAddress, added: Condition): AuditAddress {
  const isKept = (one: Condition): boolean =>
    one.property !== added.property ||
    (one.value !== added.value && AUDIT_PROPERTIES[one.property] !== "only");
  return refiltered(address, { conditions: [...address.conditions.filter(isKept), added] });
}

type Query = Record<string, string | readonly string[]>;

/**
 * The filter as the API takes it, the range as instants.
 *
 * @param now in ms since 1970: from where a relative range goes back.
 */
export function filterQuery(address: AuditAddress, now: number): Query {
  const back = relativeMs(address.from);
  const query: Query = { from: back === null ? address.from : new Date(now - back).toISOString() };
  if (address.to !== "") query["to"] = address.to;
  if (address.q !== "") query["q"] = address.q;
  const lists = new Map<string, string[]>();
  for (const { property, isExcluded, value } of address.conditions) {
    const name = isExcluded ? `not_${property}` : property;
    lists.set(name, [...(lists.get(name) ?? []), value]);
  }
  for (const [name, values] of lists) {
    const takesOne = ["lease_id", "request_id", "hash"].includes(name);
    // A value that stands alone would be split at its commas; an empty one beside it counts for nothing.
    query[name] = takesOne ? (values.at(-1) ?? "") : [...values, ""];
  }
  return query;
}

/** A page of rows, as the API takes it. */
export function pageQuery(address: AuditAddress, now: number): Query {
  const { sort, cursor, before } = address;
  return {
    ...filterQuery(address, now),
    sort,
    limit: "50",
    ...(cursor !== "" && { cursor }),
    ...(before !== "" && { before }),
  };
}
