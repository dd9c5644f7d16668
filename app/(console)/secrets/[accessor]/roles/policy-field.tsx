"use client";

import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { RoleFieldsProps } from "@/app/(console)/secrets/[accessor]/roles/role-form";
import { TextEditor } from "@/components/text-editor";
import { diagnosePolicy, POLICY_LENGTH_MAX, policyLength } from "@/lib/console/policy-diagnostics";
import { indented } from "@/lib/console/role-draft";

/** The policy document of a role, with what is wrong with it and how much of AWS's limit it takes. */
export function PolicyField({ draft, set }: RoleFieldsProps) {
  const { policyDocument: text, type } = draft;
  const fault = diagnosePolicy(text);
  return (
    <SpaceBetween size="xs">
      <FormField
        label="Policy document"
        description={
          type === "iam_user"
            ? "An inline policy of the user, in IAM's JSON."
            : "A session policy in IAM's JSON: the session may do what both allow, this and its identity."
        }
        stretch
      >
        <TextEditor
          label="Policy document"
          text={text}
          problems={fault === null ? [] : [fault]}
          onChange={(policyDocument) => set({ policyDocument })}
        />
      </FormField>
      <Button
        formAction="none"
        iconName="script"
        disabled={fault !== null || text.trim() === ""}
        disabledReason="Only a document that can be read can be put in order."
        onClick={() => set({ policyDocument: indented(text) })}
      >
        Put in order
      </Button>
      <PackedSize length={policyLength(text)} isSession={type !== "iam_user"} />
    </SpaceBetween>
  );
}

function PackedSize({ length, isSession }: { length: number; isSession: boolean }) {
  const max = POLICY_LENGTH_MAX.toLocaleString("en");
  const isOver = length > POLICY_LENGTH_MAX;
  const caveat = isSession
    ? "White space does not count. AWS also packs policy, policy ARNs and session tags together into a form whose own limit only AWS can tell; policies of groups are added when a credential is issued."
    : "White space does not count. The limit holds for all inline policies of the user together.";
  return (
    <ProgressBar
      label="Plain length"
      value={Math.min(100, (length / POLICY_LENGTH_MAX) * 100)}
      additionalInfo={`${length.toLocaleString("en")} of ${max} characters`}
      description={caveat}
      {...(isOver && { status: "error", resultText: `Too long: ${length} of ${max} characters` })}
    />
  );
}
