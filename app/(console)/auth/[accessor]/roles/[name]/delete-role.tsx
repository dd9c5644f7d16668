"use client";

import { useRouter } from "next/navigation";
import { deleteRoleAction } from "@/app/(console)/auth/[accessor]/roles/actions";
import { useChange } from "@/components/change";
import { ConfirmChange } from "@/components/confirm-change";
import type { AuthMount } from "@/lib/console/auth-mounts";

/** Deletes a role, after saying what stops working. */
export function DeleteRole({
  mount,
  name,
  onClose,
}: {
  mount: AuthMount;
  name: string;
  onClose: () => void;
}) {
  const router = useRouter();
  const change = useChange(deleteRoleAction, () => {
    router.push(`/auth/${mount.accessor}/roles`);
    return true;
  });
  return (
    <ConfirmChange
      title={`Delete auth role ${name}`}
      doIt="Delete auth role"
      input={{ mount: mount.path, name }}
      change={change}
      onClose={onClose}
    >
      <div>What stops working:</div>
      <ul>
        <li>
          logins with <code>{name}</code>, at once: clients that name it get an error
        </li>
        <li>renewals of tokens from earlier logins</li>
      </ul>
      <div>
        Those tokens, and the credentials they drew, stay valid until they end. To end them now,
        revoke the tokens.
      </div>
    </ConfirmChange>
  );
}
