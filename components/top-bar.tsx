"use client";

import TopNavigation, {
  type TopNavigationProps,
} from "@cloudscape-design/components/top-navigation";
import { type Preferences, usePreferences } from "@/components/preferences";

/** The name, and the ways out. */
type TopBarOperator = {
  name: string;
  signOut: () => Promise<void>;
  signOutEverywhere: () => Promise<void>;
};

/** The bar above every page; signed out it has preferences only. */
export function TopBar({
  operator,
  onFind,
}: {
  operator?: TopBarOperator;
  /** Opens the palette. */
  onFind?: () => void;
}) {
  const { preferences, change } = usePreferences();
  const utilities: TopNavigationProps.Utility[] = [
    ...(onFind === undefined ? [] : [findButton(onFind)]),
    {
      type: "menu-dropdown",
      iconName: "settings",
      text: "Display",
      ariaLabel: "Display: theme, density and times",
      items: preferenceItems(preferences),
      onItemClick: ({ detail }) => change(changedBy(detail.id)),
    },
  ];
  if (operator !== undefined) utilities.push(operatorMenu(operator));
  return (
    <TopNavigation
      identity={{ href: "/", title: "Leasehold" }}
      utilities={utilities}
      i18nStrings={{ overflowMenuTriggerText: "More", overflowMenuTitleText: "All" }}
    />
  );
}

function findButton(onFind: () => void): TopNavigationProps.ButtonUtility {
  return {
    type: "button",
    iconName: "search",
    text: "Find",
    title: "Ctrl+K or ⌘K",
    ariaLabel: "Find or go to (Ctrl+K)",
    disableUtilityCollapse: true,
    onClick: onFind,
  };
}

function operatorMenu(operator: TopBarOperator): TopNavigationProps.MenuDropdownUtility {
  return {
    type: "menu-dropdown",
    iconName: "user-profile",
    text: operator.name,
    ariaLabel: `Signed in as ${operator.name}`,
    items: [
      { id: "out", text: "Sign out" },
      { id: "everywhere", text: "Sign out everywhere" },
    ],
    onItemClick: ({ detail }) => {
      void (detail.id === "everywhere" ? operator.signOutEverywhere() : operator.signOut());
    },
  };
}

type Choice = { id: `${keyof Preferences}.${string}`; text: string };

const CHOICES: readonly { text: string; items: readonly Choice[] }[] = [
  {
    text: "Theme",
    items: [
      { id: "mode.light", text: "Light" },
      { id: "mode.dark", text: "Dark" },
      { id: "mode.system", text: "As the system" },
    ],
  },
  {
    text: "Density",
    items: [
      { id: "density.comfortable", text: "Comfortable" },
      { id: "density.compact", text: "Compact" },
    ],
  },
  {
    text: "Times in",
    items: [
      { id: "zone.utc", text: "UTC" },
      { id: "zone.local", text: "Local time" },
    ],
  },
  {
    text: "Times as",
    items: [
      { id: "times.relative", text: "4 min ago" },
      { id: "times.absolute", text: "Date and time" },
    ],
  },
];

function preferenceItems(
  preferences: Preferences,
): TopNavigationProps.MenuDropdownUtility["items"] {
  return CHOICES.map(({ text, items }) => ({
    text,
    items: items.map(({ id, text: choice }) => {
      const [name = "", value = ""] = id.split(".");
      const isChosen = Reflect.get(preferences, name) === value;
      return { id, text: choice, itemType: "checkbox" as const, checked: isChosen };
    }),
  }));
}

function changedBy(id: string): Partial<Preferences> {
  const [name = "", value] = id.split(".");
  return { [name]: value };
}
