import { RefusedPage } from "@/components/refused-page";
import type { Refusal } from "@/lib/console/refusal";
import { secretsHref } from "@/lib/console/secrets-roles";

/** Whatever page of a role, without the role. */
export function RoleRefused({
  accessor,
  name,
  refusal,
}: {
  accessor: string;
  name: string;
  refusal: Refusal;
}) {
  return (
    <RefusedPage
      title={name}
      what={refusal.kind === "not_found" ? "There is no such role." : "The role is not shown."}
      refusal={refusal}
      above={[
        { text: "AWS secrets", href: secretsHref.mounts },
        { text: "Mount", href: secretsHref.mount(accessor) },
        { text: "Roles", href: secretsHref.roles(accessor) },
      ]}
    />
  );
}
