import type { SideNavigationProps } from "@cloudscape-design/components/side-navigation";

/** The pages that there are, in the order of the work they are for. */
export const NAVIGATION: readonly SideNavigationProps.Item[] = [
  { type: "link", text: "Overview", href: "/" },
  { type: "link", text: "Respond", href: "/respond" },
  { type: "link", text: "Leases", href: "/leases" },
  { type: "link", text: "Revocation jobs", href: "/jobs" },
  { type: "link", text: "Tokens", href: "/tokens" },
  { type: "link", text: "Audit log", href: "/audit" },
  {
    type: "section",
    text: "Authentication",
    items: [
      { type: "link", text: "AWS mounts", href: "/auth" },
      { type: "link", text: "Login attempts", href: "/auth/attempts" },
    ],
  },
  {
    type: "section",
    text: "AWS secrets",
    items: [
      { type: "link", text: "AWS mounts", href: "/secrets" },
      { type: "link", text: "Validator", href: "/validator" },
    ],
  },
  { type: "link", text: "Policies", href: "/policies" },
  {
    type: "section",
    text: "Administration",
    items: [
      { type: "link", text: "Operators", href: "/admin/operators" },
      { type: "link", text: "Console sessions", href: "/admin/sessions" },
      { type: "link", text: "Audit devices", href: "/admin/audit-devices" },
      { type: "link", text: "Audit integrity", href: "/admin/integrity" },
      { type: "link", text: "Health", href: "/admin/health" },
      { type: "link", text: "Mounts", href: "/admin/mounts" },
    ],
  },
];

/** The entry that is lit on a page below it: `/leases` for `/leases/aws/creds/app/…`. */
export function activeEntry(path: string): string {
  const hrefs = NAVIGATION.flatMap((item) => hrefsOf(item));
  const above = hrefs.filter((href) => path === href || path.startsWith(`${href}/`));
  return above.sort((one, other) => other.length - one.length)[0] ?? "";
}

function hrefsOf(item: SideNavigationProps.Item): string[] {
  const own = "href" in item ? [item.href] : [];
  return "items" in item ? [...own, ...item.items.flatMap((below) => hrefsOf(below))] : own;
}
