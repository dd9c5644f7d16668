"use client";

import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { TtlField } from "@/components/ttl-field";

/** What is typed for a mount; `path` is left out where it stands already. */
export type MountValues = {
  path?: string;
  description: string;
  defaultTtl: string;
  maxTtl: string;
};

const WORDS = {
  tokens: {
    path: "Below auth/. Clients name it when they log in.",
    defaultTtl: "Token TTL",
    maxTtl: "Max TTL",
    defaultText: "How long tokens live when their role does not say.",
    maxText: "How long renewals can keep a token alive.",
  },
  leases: {
    path: "Roles and credentials stand below it: aws/roles/…, aws/creds/…",
    defaultTtl: "Default TTL of leases",
    maxTtl: "Maximum TTL of leases",
    defaultText: "For leases whose role does not say.",
    maxText: "No lease of this mount lives longer, renewed or not.",
  },
} as const;

/** Path, description and lifetimes of a mount, when it is enabled and when it is tuned. */
export function MountFields({
  of,
  values,
  seconds,
  fields,
  onChange,
}: {
  /** What the mount hands out. */
  of: "tokens" | "leases";
  values: MountValues;
  /** The two lifetimes as read; null: no duration. */
  seconds: { defaultTtl: number | null; maxTtl: number | null };
  fields: Readonly<Record<string, string>>;
  onChange: (changed: Partial<MountValues>) => void;
}) {
  const words = WORDS[of];
  return (
    <SpaceBetween size="l">
      {values.path !== undefined && (
        <FormField label="Path" description={words.path} errorText={fields["path"]}>
          <Input
            value={values.path}
            spellcheck={false}
            onChange={({ detail }) => onChange({ path: detail.value })}
          />
        </FormField>
      )}
      <FormField
        label="Description"
        constraintText="For people; may be empty."
        errorText={fields["description"]}
      >
        <Input
          value={values.description}
          onChange={({ detail }) => onChange({ description: detail.value })}
        />
      </FormField>
      {(["defaultTtl", "maxTtl"] as const).map((name) => (
        <TtlField
          key={name}
          label={words[name]}
          description={name === "maxTtl" ? words.maxText : words.defaultText}
          empty="as the system has it"
          value={values[name]}
          seconds={seconds[name]}
          onChange={(value) => onChange({ [name]: value })}
          errorText={fields[name]}
        />
      ))}
    </SpaceBetween>
  );
}
