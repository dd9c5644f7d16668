"use client";

import TextFilter from "@cloudscape-design/components/text-filter";
import { usePathname, useRouter } from "next/navigation";
import { useState, useTransition } from "react";

/** What is typed, and what the address asks the server for once the typing rests. */
export type RoleSearchState = {
  typed: string;
  isLoading: boolean;
  type: (text: string) => void;
  find: (text: string) => void;
  clear: () => void;
};

export function useRoleSearch(q: string): RoleSearchState {
  const router = useRouter();
  const path = usePathname();
  const [typed, type] = useState(q);
  const [isLoading, start] = useTransition();
  const find = (text: string): void => {
    const query = text === "" ? "" : `?${new URLSearchParams({ q: text }).toString()}`;
    start(() => router.replace(`${path}${query}`, { scroll: false }));
  };
  const clear = (): void => {
    type("");
    find("");
  };
  return { typed, isLoading, type, find, clear };
}

/** Finds roles by name, bound value or policy, on the server. */
export function RoleFilter({ typed, isLoading, type, find }: RoleSearchState) {
  return (
    <TextFilter
      filteringText={typed}
      filteringPlaceholder="Find roles by name, ARN, account or policy"
      filteringAriaLabel="Find roles by name, ARN, account or policy"
      loading={isLoading}
      onChange={({ detail }) => type(detail.filteringText)}
      onDelayedChange={({ detail }) => find(detail.filteringText.trim())}
    />
  );
}
