"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { deleteUserAction } from "@/app/(console)/admin/operators/actions";
import type { UserFacts } from "@/app/(console)/admin/operators/[accessor]/[name]/user-page";
import { useChange } from "@/components/change";
import { ConfirmChange } from "@/components/confirm-change";
import { isTyped, TypedName } from "@/components/typed-name";

/** Deletes an operator, once the name was typed. */
export function DeleteUser({
  name,
  mount,
  sessions,
  isSelf,
  onClose,
}: UserFacts & { onClose: () => void }) {
  const router = useRouter();
  const [typed, setTyped] = useState("");
  const change = useChange(deleteUserAction, () => {
    router.push(isSelf ? "/login" : "/admin/operators");
    return true;
  });
  return (
    <ConfirmChange
      title={`Delete operator ${name}`}
      doIt={`Delete ${name} and end their sessions`}
      input={{ mount: mount.fullPath, name }}
      change={change}
      onClose={onClose}
      reason={isTyped(typed, name) ? null : `Type ${name} first.`}
    >
      <div>What ends at once:</div>
      <ul>
        <li>
          signing in as <code>{name}</code>, here and over the API
        </li>
        <li>
          {sessions === null
            ? "their sessions of the console (how many is not shown to you)"
            : `${sessions} open ${sessions === 1 ? "session" : "sessions"} of the console`}
          {isSelf && ", your own among them"}
        </li>
      </ul>
      <div>Tokens of logins over the API live until they end.</div>
      <TypedName label="Name of the operator" name={name} value={typed} onChange={setTyped} />
    </ConfirmChange>
  );
}
