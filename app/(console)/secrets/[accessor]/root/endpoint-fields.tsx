"use client";

import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { RootFieldsProps } from "@/app/(console)/secrets/[accessor]/root/root-form";

type TextName = "region" | "stsEndpoint" | "stsRegion" | "iamEndpoint" | "maxRetries";

const TEXTS: readonly { name: TextName; label: string; empty: string; placeholder: string }[] = [
  { name: "region", label: "Region", empty: "us-east-1", placeholder: "eu-west-1" },
  {
    name: "stsEndpoint",
    label: "STS endpoint",
    empty: "AWS's own",
    placeholder: "https://sts.eu-west-1.amazonaws.com",
  },
  {
    name: "stsRegion",
    label: "STS region",
    empty: "the region above",
    placeholder: "eu-west-1",
  },
  {
    name: "iamEndpoint",
    label: "IAM endpoint",
    empty: "AWS's own",
    placeholder: "https://iam.amazonaws.com",
  },
  { name: "maxRetries", label: "Retries of a call", empty: "as the AWS SDK", placeholder: "3" },
];

/** Where AWS is, for this mount. */
export function EndpointFields({ values, problems, set }: RootFieldsProps) {
  return (
    <SpaceBetween size="l">
      {TEXTS.map(({ name, label, empty, placeholder }) => (
        <FormField
          key={name}
          label={label}
          constraintText={`Empty: ${empty}.`}
          errorText={problems[name]}
        >
          <Input
            value={values[name]}
            placeholder={placeholder}
            spellcheck={false}
            onChange={({ detail }) => set({ [name]: detail.value.trim() })}
          />
        </FormField>
      ))}
      <FormField
        label="Fallback STS endpoints"
        description="Tried in this order when the STS endpoint above does not answer."
        errorText={problems["fallbacks"]}
        stretch
      >
        <Fallbacks fallbacks={values.fallbacks} onChange={(fallbacks) => set({ fallbacks })} />
      </FormField>
    </SpaceBetween>
  );
}

type Fallback = { endpoint: string; region: string };

function Fallbacks({
  fallbacks,
  onChange,
}: {
  fallbacks: Fallback[];
  onChange: (fallbacks: Fallback[]) => void;
}) {
  const change = (at: number, changed: Partial<Fallback>) =>
    onChange(fallbacks.map((one, index) => (index === at ? { ...one, ...changed } : one)));
  return (
    <AttributeEditor
      items={fallbacks}
      addButtonText="Add endpoint"
      removeButtonText="Remove"
      empty="No fallbacks."
      onAddButtonClick={() => onChange([...fallbacks, { endpoint: "", region: "" }])}
      onRemoveButtonClick={({ detail }) =>
        onChange(fallbacks.filter((_, index) => index !== detail.itemIndex))
      }
      definition={[
        {
          label: "Endpoint",
          control: ({ endpoint }, index) => (
            <Input
              value={endpoint}
              placeholder="https://sts.us-west-2.amazonaws.com"
              onChange={({ detail }) => change(index, { endpoint: detail.value.trim() })}
            />
          ),
        },
        {
          label: "Region",
          control: ({ region }, index) => (
            <Input
              value={region}
              placeholder="us-west-2"
              onChange={({ detail }) => change(index, { region: detail.value.trim() })}
            />
          ),
        },
      ]}
    />
  );
}
