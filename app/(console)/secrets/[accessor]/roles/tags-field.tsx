"use client";

import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import type { TagPair } from "@/lib/console/role-draft";

/** Keys and values; AWS takes 50 at most. */
export function TagsField({
  label,
  pairs,
  errorText,
  onChange,
}: {
  label: string;
  pairs: readonly TagPair[];
  errorText?: string | undefined;
  onChange: (pairs: readonly TagPair[]) => void;
}) {
  const change = (at: number, changed: Partial<TagPair>) =>
    onChange(pairs.map((pair, index) => (index === at ? { ...pair, ...changed } : pair)));
  return (
    <FormField label={label} errorText={errorText} stretch>
      <AttributeEditor
        items={[...pairs]}
        addButtonText="Add tag"
        removeButtonText="Remove"
        empty="No tags."
        onAddButtonClick={() => onChange([...pairs, { key: "", value: "" }])}
        onRemoveButtonClick={({ detail }) =>
          onChange(pairs.filter((_, index) => index !== detail.itemIndex))
        }
        definition={[
          {
            label: "Key",
            control: ({ key }, index) => (
              <Input value={key} onChange={({ detail }) => change(index, { key: detail.value })} />
            ),
          },
          {
            label: "Value",
            control: ({ value }, index) => (
              <Input
                value={value}
                onChange={({ detail }) => change(index, { value: detail.value })}
              />
            ),
          },
        ]}
      />
    </FormField>
  );
}
