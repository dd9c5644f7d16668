"use client";

import PropertyFilter, {
  type PropertyFilterProps,
} from "@cloudscape-design/components/property-filter";
import { useMemo } from "react";
import type { LeaseTableProps } from "@/app/(console)/leases/lease-table";
import { chipsOf, filterOf, LEASE_STATES, refiltered } from "@/lib/console/leases-filter";
import { countText, STATE_WORDS, typeText } from "@/lib/console/leases-words";
import { CREDENTIAL_TYPES } from "@/lib/console/secrets-roles";

type Property = PropertyFilterProps.FilteringProperty;

function property(key: string, label: string, values: string, operators: Property["operators"]) {
  return {
    key,
    propertyLabel: label,
    groupValuesLabel: values,
    ...(operators && { operators }),
  } satisfies Property;
}

const PROPERTIES: readonly Property[] = [
  property("state", "State", "States", [{ operator: "=", format: stateText }]),
  property("mount", "Mount", "Mounts", ["=", "!="]),
  property("role", "Role", "Roles", ["=", "!="]),
  property("kind", "Type", "Types", [
    { operator: "=", format: typeText },
    { operator: "!=", format: typeText },
  ]),
  property("account", "AWS account", "Accounts", ["=", "!="]),
  property("accessor", "Token accessor", "Accessors", ["="]),
];

/** What the list is narrowed down by: chips for what has an index, and words anywhere. */
export function LeaseFilter({ address, go, page, mounts }: LeaseTableProps) {
  const options = useMemo(() => optionsOf(page?.leases ?? [], mounts), [page, mounts]);
  const count = page && { count: page.count, isMore: page.count_is_more };
  return (
    <PropertyFilter
      query={{
        operation: "and",
        tokens: chipsOf(address).map(({ name, operator, value }) => ({
          ...(name !== "" && { propertyKey: name }),
          operator,
          value,
        })),
      }}
      // Values of one property are alternatives, which no operation says.
      hideOperations
      filteringProperties={PROPERTIES}
      filteringOptions={options}
      freeTextFiltering={{ operators: [":"], defaultOperator: ":" }}
      filteringPlaceholder="Key id, ARN, session name, principal, lease id, or a property"
      filteringAriaLabel="Find leases"
      filteringConstraintText="Up to four words of three characters or more. Several values of one property: any of them."
      {...(count && {
        countText: `${countText(count)} ${count.count === 1 ? "match" : "matches"}`,
      })}
      onChange={({ detail }) => {
        const chips = detail.tokens.flatMap(({ propertyKey = "", operator, value }) =>
          chip(propertyKey, operator, value),
        );
        go(refiltered(address, filterOf(chips)));
      }}
    />
  );
}

/** Pasted text may be several words. */
function chip(name: string, operator: string, value: unknown) {
  if (typeof value !== "string" || value.trim() === "") return [];
  if (name !== "") return [{ name, operator, value }];
  return value
    .trim()
    .split(/\s+/)
    .map((word) => ({ name, operator: ":", value: word }));
}

function optionsOf(
  leases: readonly { role: string; account: string | null; accessor: string | null }[],
  mounts: readonly string[],
): PropertyFilterProps.FilteringOption[] {
  const seen = (values: readonly (string | null)[]): string[] =>
    [...new Set(values.filter((value) => value !== null))].sort();
  const plain = (propertyKey: string, values: readonly string[]) =>
    values.map((value) => ({ propertyKey, value }));
  return [
    ...LEASE_STATES.map((value) => ({ propertyKey: "state", value, label: stateText(value) })),
    ...plain("mount", mounts),
    ...plain("role", seen(leases.map(({ role }) => role))),
    ...CREDENTIAL_TYPES.map((value) => ({ propertyKey: "kind", value, label: typeText(value) })),
    ...plain("account", seen(leases.map(({ account }) => account))),
    ...plain("accessor", seen(leases.map(({ accessor }) => accessor))),
  ];
}

function stateText(state: string): string {
  return STATE_WORDS[state] ?? state;
}
