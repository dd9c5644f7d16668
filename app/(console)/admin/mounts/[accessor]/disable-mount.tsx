"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { disableMountAction } from "@/app/(console)/admin/mounts/actions";
import type { MountFacts } from "@/app/(console)/admin/mounts/[accessor]/mount-page";
import { countText, WhatEnds } from "@/app/(console)/admin/mounts/[accessor]/what-ends";
import { ActionModal } from "@/components/action-modal";
import { useChange } from "@/components/change";
import { isTyped, TypedName } from "@/components/typed-name";

/** Disables a mount, once its path was typed: what it does cannot be taken back. */
export function DisableMount({ onClose, ...facts }: MountFacts & { onClose: () => void }) {
  const { mount, affected } = facts;
  const router = useRouter();
  const [confirmed, setConfirmed] = useState("");
  const change = useChange(disableMountAction, () => {
    router.push("/admin/mounts");
    return true;
  });
  const { class: of, path, fullPath } = mount;
  return (
    <ActionModal
      title={`Disable ${fullPath}`}
      label={`Disable ${fullPath} and end what it handed out`}
      refusedText="The mount was not disabled."
      change={change}
      canRun={isTyped(confirmed, fullPath)}
      onRun={() => change.run({ class: of, path, confirmed })}
      onClose={onClose}
    >
      <WhatEnds {...facts}>
        <li>
          {affected.roles === undefined
            ? "All its settings"
            : `${countText(affected.roles, mount.type === "userpass" ? "user" : "role")} and all its settings`}
          , which are forgotten and cannot be brought back.
        </li>
        {mount.type === "console-oidc" && (
          <li>
            Sign-in through the provider, for everybody, until the program is started again; groups
            have to be mapped anew.
          </li>
        )}
      </WhatEnds>
      <TypedName
        label="Path of the mount"
        name={fullPath}
        value={confirmed}
        onChange={setConfirmed}
      />
    </ActionModal>
  );
}
