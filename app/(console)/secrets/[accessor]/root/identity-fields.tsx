"use client";

import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tiles from "@cloudscape-design/components/tiles";
import type { RootFieldsProps } from "@/app/(console)/secrets/[accessor]/root/root-form";
import type { RootConfig } from "@/lib/console/secrets-mounts";

/** Whose credentials sign the mount's calls. */
export function IdentityFields({
  values,
  problems,
  set,
  root,
}: RootFieldsProps & { root: RootConfig }) {
  const keepsKey = root.access_key !== "" && values.accessKey === root.access_key;
  return (
    <SpaceBetween size="l">
      <FormField label="Credentials" stretch>
        <Tiles
          value={values.source}
          onChange={({ detail }) => set({ source: detail.value === "host" ? "host" : "key" })}
          items={[
            {
              value: "key",
              label: "Access key of an IAM user",
              description: "Stored encrypted. Needed for federation and session tokens.",
            },
            {
              value: "host",
              label: "The host's own credentials",
              description:
                "Those of the machine this server runs on. If they are a role's, sessions that it assumes last an hour at most.",
            },
          ]}
        />
      </FormField>
      {values.source === "key" && (
        <SpaceBetween size="l">
          <FormField label="Access key id" errorText={problems["accessKey"]}>
            <Input
              value={values.accessKey}
              placeholder="AKIA…"
              autoComplete={false}
              spellcheck={false}
              onChange={({ detail }) => set({ accessKey: detail.value.trim() })}
            />
          </FormField>
          <FormField
            label="Secret access key"
            description="Written only: nothing shows it again."
            constraintText={keepsKey ? "Empty: the stored secret stays." : ""}
            errorText={problems["secretKey"]}
          >
            <Input
              type="password"
              value={values.secretKey}
              autoComplete="new-password"
              onChange={({ detail }) => set({ secretKey: detail.value.trim() })}
            />
          </FormField>
        </SpaceBetween>
      )}
    </SpaceBetween>
  );
}
