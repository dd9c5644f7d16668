"use client";

import FormField from "@cloudscape-design/components/form-field";
import Tiles from "@cloudscape-design/components/tiles";
import type { RoleFieldsProps } from "@/app/(console)/secrets/[accessor]/roles/role-form";
import { CREDENTIAL_TYPES } from "@/lib/console/secrets-roles";
import { CREDENTIAL_WORDS } from "@/lib/console/secrets-words";

/** What a role hands out, and whether it can be ended early. */
export function TypeField({ draft, set }: RoleFieldsProps) {
  return (
    <FormField label="Credential type" stretch>
      <Tiles
        columns={2}
        value={draft.type}
        onChange={({ detail }) => {
          const type = CREDENTIAL_TYPES.find((one) => one === detail.value);
          if (type !== undefined) set({ type });
        }}
        items={CREDENTIAL_TYPES.map((type) => ({
          value: type,
          label: CREDENTIAL_WORDS[type].label,
          description: (
            <>
              {CREDENTIAL_WORDS[type].means} <strong>{CREDENTIAL_WORDS[type].ends}</strong>
            </>
          ),
        }))}
      />
    </FormField>
  );
}
