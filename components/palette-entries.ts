import type { SideNavigationProps } from "@cloudscape-design/components/side-navigation";

export type PageEntry = { text: string; detail: string; href: string };

/** The pages of the navigation whose name, section or address holds a text. */
export function pageEntries(
  items: readonly SideNavigationProps.Item[],
  text: string,
): readonly PageEntry[] {
  const sought = text.trim().toLowerCase();
  return items
    .flatMap((item) => entriesOf(item, ""))
    .filter(({ text: name, detail, href }) =>
      `${detail} ${name} ${href}`.toLowerCase().includes(sought),
    );
}

function entriesOf(item: SideNavigationProps.Item, section: string): PageEntry[] {
  if ("items" in item) {
    return item.items.flatMap((below) => entriesOf(below, "text" in item ? item.text : section));
  }
  return item.type === "link" ? [{ text: item.text, detail: section, href: item.href }] : [];
}
