"use client";

import PropertyFilter, {
  type PropertyFilterProps,
} from "@cloudscape-design/components/property-filter";
import Select from "@cloudscape-design/components/select";
import type { TokenPage } from "@/lib/console/tokens";
import { conditionsOf, type TokenAddress, withConditions } from "@/lib/console/tokens-filter";

const PROPERTIES: PropertyFilterProps.FilteringProperty[] = [
  {
    key: "mount",
    propertyLabel: "Login mount",
    groupValuesLabel: "Login mounts",
    operators: ["="],
  },
  { key: "policy", propertyLabel: "Policy", groupValuesLabel: "Policies", operators: ["="] },
  { key: "entity", propertyLabel: "Entity id", groupValuesLabel: "Entity ids", operators: ["="] },
  {
    key: "issued",
    propertyLabel: "Created (UTC)",
    groupValuesLabel: "Instants, as 2026-11-24 15:40",
    operators: [">=", "<"],
    defaultOperator: ">=",
  },
];

const STATES = [
  { value: "live", label: "Live" },
  { value: "ended", label: "Ended" },
] as const;

/** Which tokens: live or ended, by property, by free text. */
export function TokenFilter({
  page,
  address,
  mountPaths,
  policyNames,
  onAddress,
}: {
  page: TokenPage | null;
  address: TokenAddress;
  mountPaths: readonly string[];
  policyNames: readonly string[];
  onAddress: (address: TokenAddress) => void;
}) {
  const count = page === null ? "" : `${page.count}${page.count_is_more ? "+" : ""}`;
  return (
    <PropertyFilter
      customControl={
        <Select
          ariaLabel="State"
          options={STATES}
          selectedOption={STATES.find(({ value }) => value === address.state) ?? null}
          onChange={({ detail }) => {
            const chosen = STATES.find(({ value }) => value === detail.selectedOption.value);
            if (chosen) onAddress({ ...address, state: chosen.value, cursor: "" });
          }}
        />
      }
      query={{ operation: "and", tokens: tokensOf(address) }}
      onChange={({ detail }) => onAddress(withConditions(address, detail.tokens))}
      readOnlyOperations
      freeTextFiltering={{ operators: [":"], defaultOperator: ":" }}
      filteringProperties={PROPERTIES}
      filteringOptions={[
        ...mountPaths.map((value) => ({ propertyKey: "mount", value })),
        ...policyNames.map((value) => ({ propertyKey: "policy", value })),
      ]}
      filteringPlaceholder="Find by accessor, principal, role, policy"
      filteringAriaLabel="Find tokens"
      countText={count === "" ? "" : `${count} ${count === "1" ? "match" : "matches"}`}
    />
  );
}

function tokensOf(address: TokenAddress): PropertyFilterProps.Token[] {
  return conditionsOf(address).map(({ propertyKey, operator, value }) => ({
    operator,
    value,
    ...(propertyKey !== undefined && { propertyKey }),
  }));
}
