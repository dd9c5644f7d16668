"use client";

import { useRouter } from "next/navigation";
import { deletePolicyAction } from "@/app/(console)/policies/actions";
import { useChange } from "@/components/change";
import { ConfirmChange } from "@/components/confirm-change";
import type { PolicyUsage } from "@/lib/console/policies";

const NAMED_MAX = 8;

/** Deletes a policy, after saying who loses what it grants. */
export function DeletePolicy({
  name,
  used,
  onClose,
}: {
  name: string;
  /** Null: not told to this operator. */
  used: PolicyUsage | null;
  onClose: () => void;
}) {
  const router = useRouter();
  const change = useChange(deletePolicyAction, () => {
    router.push("/policies");
    return true;
  });
  const named = used?.used_by.slice(0, NAMED_MAX) ?? [];
  const others = (used?.count ?? 0) - named.length;
  return (
    <ConfirmChange
      title={`Delete policy ${name}`}
      doIt="Delete policy"
      input={{ name }}
      change={change}
      onClose={onClose}
    >
      <div>
        Every live token that carries <code>{name}</code> loses what it grants, with its next
        request. Credentials that were issued already stay valid until they end.
      </div>
      {used === null && <div>Who hands it out is not shown to you.</div>}
      {used !== null && used.count === 0 && <div>No role and no operator hands it out.</div>}
      {named.length > 0 && (
        <div>
          Logins that will get less:
          <ul>
            {named.map(({ path, kind }) => (
              <li key={path}>
                <code>{path}</code> ({kind})
              </li>
            ))}
            {others > 0 && <li>and {others} more</li>}
          </ul>
        </div>
      )}
    </ConfirmChange>
  );
}
