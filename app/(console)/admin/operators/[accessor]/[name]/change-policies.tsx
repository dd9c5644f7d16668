"use client";

import Alert from "@cloudscape-design/components/alert";
import { useState } from "react";
import { changePoliciesAction } from "@/app/(console)/admin/operators/actions";
import type { UserFacts } from "@/app/(console)/admin/operators/[accessor]/[name]/user-page";
import { PoliciesField } from "@/app/(console)/admin/operators/policies-field";
import { RightsPreview } from "@/app/(console)/admin/operators/rights-preview";
import { ActionModal } from "@/components/action-modal";
import { useChange } from "@/components/change";

/** Gives an operator other policies, with what they could do then. */
export function ChangePolicies({
  name,
  mount,
  user,
  policies,
  isSelf,
  onClose,
}: UserFacts & { onClose: () => void }) {
  const [chosen, setChosen] = useState<readonly string[]>(user.token_policies);
  const change = useChange(changePoliciesAction, () => {
    onClose();
    return true;
  });
  const lost = user.token_policies.filter((policy) => !chosen.includes(policy));
  return (
    <ActionModal
      title={`Policies of ${name}`}
      label="Change policies"
      refusedText="The policies were not changed."
      change={change}
      onRun={() => change.run({ mount: mount.fullPath, name, policies: [...chosen] })}
      onClose={onClose}
    >
      <PoliciesField
        names={policies}
        values={chosen}
        errorText={change.fields["policies"]}
        onChange={setChosen}
      />
      {isSelf && lost.length > 0 && (
        <Alert type="warning">
          These are your own policies. From your next sign-in on you are without {lost.join(", ")},
          and may not be able to give it back to yourself.
        </Alert>
      )}
      <RightsPreview
        policies={chosen}
        hasDefault={!user.token_no_default_policy}
        isOpen
        title={`What ${name} could do then`}
      />
    </ActionModal>
  );
}
