"use client";

import PropertyFilter, {
  type PropertyFilterProps,
} from "@cloudscape-design/components/property-filter";
import Select from "@cloudscape-design/components/select";
import { type AttemptAddress, conditionsOf, withConditions } from "@/lib/console/attempts-filter";
import { CAUSES, STEPS } from "@/lib/console/attempts-words";

const PROPERTIES: PropertyFilterProps.FilteringProperty[] = [
  property("step", "Failing check", "Checks"),
  property("cause", "Cause", "Causes"),
  property("role", "Claimed role", "Roles, in full"),
  property("account", "Account", "Account ids"),
  property("mount", "Mount", "Mounts"),
  {
    key: "at",
    propertyLabel: "Time (UTC)",
    groupValuesLabel: "Instants, as 2026-11-24 15:40",
    operators: [">=", "<"],
    defaultOperator: ">=",
  },
];

function property(
  key: string,
  propertyLabel: string,
  groupValuesLabel: string,
): PropertyFilterProps.FilteringProperty {
  return { key, propertyLabel, groupValuesLabel, operators: ["="] };
}

const OPTIONS: PropertyFilterProps.FilteringOption[] = [
  ...Object.entries(STEPS).map(([value, label]) => ({ propertyKey: "step", value, label })),
  ...Object.entries(CAUSES).map(([value, label]) => ({ propertyKey: "cause", value, label })),
];

const RESULTS = [
  { value: "any", label: "Any result" },
  { value: "refused", label: "Refused" },
  { value: "passed", label: "Passed" },
] as const;

/** Which attempts: by result, by property, by free text. */
export function AttemptFilter({
  address,
  mountPaths,
  onAddress,
}: {
  address: AttemptAddress;
  mountPaths: readonly string[];
  onAddress: (address: AttemptAddress) => void;
}) {
  return (
    <PropertyFilter
      customControl={
        <Select
          ariaLabel="Result"
          options={RESULTS}
          selectedOption={RESULTS.find(({ value }) => value === address.result) ?? null}
          onChange={({ detail }) => {
            const chosen = RESULTS.find(({ value }) => value === detail.selectedOption.value);
            if (chosen) onAddress({ ...address, result: chosen.value, cursor: "" });
          }}
        />
      }
      query={{ operation: "and", tokens: tokensOf(address) }}
      onChange={({ detail }) => onAddress(withConditions(address, detail.tokens))}
      readOnlyOperations
      freeTextFiltering={{ operators: [":"], defaultOperator: ":" }}
      filteringProperties={PROPERTIES}
      filteringOptions={[
        ...OPTIONS,
        ...mountPaths.map((value) => ({ propertyKey: "mount", value })),
      ]}
      filteringPlaceholder="Find by principal, source address, access key id"
      filteringAriaLabel="Find attempts"
    />
  );
}

function tokensOf(address: AttemptAddress): PropertyFilterProps.Token[] {
  return conditionsOf(address).map(({ propertyKey, operator, value }) => ({
    operator,
    value,
    ...(propertyKey !== undefined && { propertyKey }),
  }));
}
