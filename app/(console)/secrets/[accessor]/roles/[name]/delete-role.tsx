"use client";

import { useRouter } from "next/navigation";
import { deleteRoleAction } from "@/app/(console)/secrets/[accessor]/roles/actions";
import type { RoleProps } from "@/app/(console)/secrets/[accessor]/roles/[name]/role-page";
import { useChange } from "@/components/change";
import { ConfirmChange } from "@/components/confirm-change";
import { secretsHref } from "@/lib/console/secrets-roles";
import { leasesText } from "@/lib/console/secrets-words";

/** Deletes a role, after saying what goes and what stays. */
export function DeleteRole({ mount, name, live, onClose }: RoleProps & { onClose: () => void }) {
  const router = useRouter();
  const change = useChange(deleteRoleAction, () => {
    router.push(secretsHref.roles(mount.accessor));
    return true;
  });
  return (
    <ConfirmChange
      title={`Delete role ${name}`}
      doIt={`Delete role ${name}`}
      input={{ mount: mount.path, name }}
      change={change}
      onClose={onClose}
    >
      <div>
        Whoever asks for{" "}
        <code>
          {mount.path}creds/{name}
        </code>{" "}
        is refused from then on.
      </div>
      <div>
        {live === null
          ? "Leases issued from it live on; how many there are, your policies do not tell you."
          : live.count === 0
            ? "No lease of it is live."
            : `${leasesText(live)} stay as they are: deleting a role ends none. Revoke them if that is what you want.`}
      </div>
    </ConfirmChange>
  );
}
