"use client";

import PropertyFilter, {
  type PropertyFilterProps,
} from "@cloudscape-design/components/property-filter";
import { OUTCOME_TEXTS } from "@/app/(console)/audit/outcome";
import { type AuditEntry, OUTCOMES } from "@/lib/console/audit";
import {
  AUDIT_PROPERTIES,
  type AuditAddress,
  type AuditProperty,
  type Condition,
  isProperty,
} from "@/lib/console/audit-address";
import { inertText } from "@/lib/console/inert-text";

const LABELS: Readonly<Record<AuditProperty, [one: string, many: string]>> = {
  outcome: ["Outcome", "Outcomes"],
  operation: ["Operation", "Operations"],
  path: ["Path", "Paths"],
  role: ["Role", "Roles"],
  display_name: ["Principal or operator", "Principals and operators"],
  accessor: ["Token accessor", "Token accessors"],
  remote_address: ["Source address", "Source addresses"],
  status: ["Status", "Statuses"],
  error: ["Error", "Errors"],
  kind: ["Kind", "Kinds"],
  lease_id: ["Lease id", "Lease ids"],
  request_id: ["Request id", "Request ids"],
  hash: ["Hash of a value", "Hashes of values"],
};

const OPERATORS = {
  is: ["=", "!="],
  begins: ["^", "!^"],
  contains: [":", "!:"],
  only: ["="],
} as const;

const PROPERTIES = Object.entries(AUDIT_PROPERTIES).flatMap(([key, how]) => {
  if (!isProperty(key)) return [];
  const [propertyLabel, groupValuesLabel] = LABELS[key];
  const operators = OPERATORS[how].map((operator) => ({
    operator,
    format: (value: unknown) => shown(key, String(value)),
  }));
  const [defaultOperator] = OPERATORS[how];
  return [{ key, propertyLabel, groupValuesLabel, operators, defaultOperator }];
});

function shown(property: AuditProperty, value: string): string {
  const outcome = OUTCOMES.find((one) => one === value);
  if (property === "outcome" && outcome !== undefined) return OUTCOME_TEXTS[outcome];
  return inertText(value);
}

const FIXED: Partial<Record<AuditProperty, readonly string[]>> = {
  outcome: OUTCOMES,
  operation: ["create", "read", "update", "patch", "delete", "list"],
  kind: ["request", "response", "both", "event"],
  status: ["200", "204", "400", "403", "404", "500", "503"],
};

/** The conditions as chips, the words of free text among them. */
export function FilterBar({
  address,
  entries,
  countText,
  onChange,
}: {
  address: AuditAddress;
  /** Rows that are shown; their values are suggested. */
  entries: readonly AuditEntry[];
  countText: string;
  onChange: (changed: Pick<AuditAddress, "q" | "conditions">) => void;
}) {
  return (
    <PropertyFilter
      query={{ operation: "and", tokens: tokensOf(address) }}
      hideOperations
      filteringProperties={PROPERTIES}
      filteringOptions={optionsOf(entries)}
      freeTextFiltering={{ operators: [":"], defaultOperator: ":" }}
      countText={countText}
      filteringAriaLabel="Filter entries"
      filteringPlaceholder="Filter by property, or find words"
      filteringConstraintText="Of several values of one property any will do, of several properties all are needed. Words: at most 4, of at least 3 letters."
      expandToViewport
      onChange={({ detail }) => onChange(changedBy(detail.tokens))}
    />
  );
}

function tokensOf({ q, conditions }: AuditAddress): PropertyFilterProps.Token[] {
  const words = q.split(/\s+/).filter((word) => word !== "");
  return [
    ...words.map((value) => ({ operator: ":", value })),
    ...conditions.map(({ property, isExcluded, value }) => {
      const [includes, excludes = includes] = OPERATORS[AUDIT_PROPERTIES[property]];
      return { propertyKey: property, operator: isExcluded ? excludes : includes, value };
    }),
  ];
}

function changedBy(
  tokens: readonly PropertyFilterProps.Token[],
): Pick<AuditAddress, "q" | "conditions"> {
  const words: string[] = [];
  const conditions: Condition[] = [];
  for (const { propertyKey = "", operator, value } of tokens) {
    const text = String(value ?? "").trim();
    if (text === "") continue;
    if (!isProperty(propertyKey)) words.push(text);
    else
      conditions.push({ property: propertyKey, isExcluded: operator.startsWith("!"), value: text });
  }
  return { q: words.join(" "), conditions };
}

const OPTIONS_MAX = 200;

function optionsOf(entries: readonly AuditEntry[]): PropertyFilterProps.FilteringOption[] {
  const seen = new Map<string, PropertyFilterProps.FilteringOption>();
  const add = (propertyKey: AuditProperty, value: string | null): void => {
    if (value === null || value === "") return;
    seen.set(`${propertyKey} ${value}`, {
      propertyKey,
      value,
      label: shown(propertyKey, value),
    });
  };
  for (const [property, values] of Object.entries(FIXED)) {
    if (isProperty(property)) for (const value of values) add(property, value);
  }
  for (const entry of entries) {
    add("operation", entry.operation);
    add("path", entry.path);
    add("role", entry.role);
    add("display_name", entry.display_name);
    add("remote_address", entry.remote_address);
    if (entry.status !== null) add("status", String(entry.status));
  }
  return [...seen.values()].slice(0, OPTIONS_MAX);
}
