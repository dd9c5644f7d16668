"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { disableAction } from "@/app/(console)/auth/actions";
import { useChange } from "@/components/change";
import { ConfirmChange } from "@/components/confirm-change";
import { isTyped, TypedName } from "@/components/typed-name";
import type { AuthMount } from "@/lib/console/auth-mounts";

/** Disables a mount, after saying what ends with it. */
export function DisableMount({
  mount,
  roles,
  tokens,
  onClose,
}: {
  mount: AuthMount;
  /** Null: not told to this operator. */
  roles: number | null;
  tokens: string | null;
  onClose: () => void;
}) {
  const router = useRouter();
  const [typed, setTyped] = useState("");
  const path = mount.path.slice(0, -1);
  const change = useChange(disableAction, () => {
    router.push("/auth");
    return true;
  });
  return (
    <ConfirmChange
      title={`Disable auth/${mount.path}`}
      doIt="Disable, and end what belongs to it"
      input={{ path: mount.path }}
      change={change}
      onClose={onClose}
      reason={isTyped(typed, path) ? null : `Type ${path} first.`}
    >
      <div>What ends at once:</div>
      <ul>
        <li>logins through auth/{mount.path}</li>
        <li>
          {tokens === null
            ? "its live tokens (how many is not shown to you)"
            : `${tokens} live ${tokens === "1" ? "token" : "tokens"}`}
          , and the leases below them, which are then revoked at AWS
        </li>
        <li>
          {roles === null
            ? "its roles"
            : `${roles.toLocaleString("en")} ${roles === 1 ? "role" : "roles"}`}{" "}
          and all its settings, the access key that it holds among them
        </li>
      </ul>
      <div>Enabling AWS auth at this path again begins with nothing.</div>
      <TypedName label="Path of the mount" name={path} value={typed} onChange={setTyped} />
    </ConfirmChange>
  );
}
