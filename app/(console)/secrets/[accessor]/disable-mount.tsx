"use client";

import Alert from "@cloudscape-design/components/alert";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionModal } from "@/components/action-modal";
import { disableMountAction } from "@/app/(console)/secrets/actions";
import type { MountFacts } from "@/app/(console)/secrets/[accessor]/mount-page";
import { useChange } from "@/components/change";
import { isTyped, TypedName } from "@/components/typed-name";
import { secretsHref } from "@/lib/console/secrets-roles";
import { leasesText } from "@/lib/console/secrets-words";

/** Disables a mount, once its path was typed: what it does cannot be taken back. */
export function DisableMount({
  mount,
  roles,
  live,
  onClose,
}: MountFacts & { onClose: () => void }) {
  const router = useRouter();
  const change = useChange(disableMountAction, () => {
    router.push(secretsHref.mounts);
    return true;
  });
  const [confirmed, setConfirmed] = useState("");
  const isConfirmed = isTyped(confirmed, mount.path);
  return (
    <ActionModal
      title={`Disable ${mount.path}`}
      label={`Disable ${mount.path} and end its leases`}
      refusedText="The mount was not disabled."
      change={change}
      canRun={isConfirmed}
      onRun={() => change.run({ mount: mount.path, confirmed })}
      onClose={onClose}
    >
      <Alert type="warning" header="What stops working">
        <ul>
          <li>
            {live === null
              ? "All live leases of this mount; how many, your policies do not tell you."
              : `${leasesText(live)}, as of when this page was read.`}{" "}
            IAM users behind them are deleted at AWS. Sessions of AWS stay valid until they end.
          </li>
          <li>
            {roles === null ? "All its roles" : `${roles} ${roles === 1 ? "role" : "roles"}`} and
            its root credential are forgotten and cannot be brought back.
          </li>
        </ul>
      </Alert>
      <TypedName
        label="Path of the mount"
        name={mount.path}
        value={confirmed}
        onChange={setConfirmed}
      />
    </ActionModal>
  );
}
