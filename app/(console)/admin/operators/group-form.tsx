"use client";

import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { saveGroupAction } from "@/app/(console)/admin/operators/actions";
import { PoliciesField } from "@/app/(console)/admin/operators/policies-field";
import { RightsPreview } from "@/app/(console)/admin/operators/rights-preview";
import { ActionModal } from "@/components/action-modal";
import { useChange } from "@/components/change";
import { fieldErrors } from "@/components/field-errors";
import type { OperatorRow } from "@/lib/console/admin-operators";

const WHERE = [
  [/root policy|polic/i, "policies"],
  [/group/i, "group"],
] as const;

/** Maps a group to policies, or changes what it is mapped to. */
export function GroupForm({
  group,
  policies,
  onClose,
}: {
  /** Null: a new one. */
  group: OperatorRow | null;
  policies: readonly string[];
  onClose: () => void;
}) {
  const [name, setName] = useState(group?.name ?? "");
  const [chosen, setChosen] = useState<readonly string[]>(group?.policies ?? []);
  const change = useChange(saveGroupAction, () => {
    onClose();
    return true;
  });
  const { fields, refusal } = fieldErrors(change, WHERE);
  return (
    <ActionModal
      title={group === null ? "Map a group" : `Policies of ${group.name}`}
      label={group === null ? "Map this group" : "Change its policies"}
      refusedText="The group was not mapped."
      change={{ isRunning: change.isRunning, refusal }}
      onRun={() => change.run({ group: name, policies: [...chosen], isNew: group === null })}
      onClose={onClose}
    >
      {group === null && (
        <FormField
          label="Group"
          description="Exactly as the provider names it, in its letters and its case."
          errorText={fields["group"]}
        >
          <Input value={name} spellcheck={false} onChange={({ detail }) => setName(detail.value)} />
        </FormField>
      )}
      <PoliciesField
        names={policies}
        values={chosen}
        errorText={fields["policies"]}
        onChange={setChosen}
      />
      <RightsPreview
        policies={chosen}
        isOpen
        title="What a member could do who is in this group alone"
      />
    </ActionModal>
  );
}
