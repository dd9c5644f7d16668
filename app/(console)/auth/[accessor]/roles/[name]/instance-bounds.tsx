"use client";

import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { useState } from "react";
import { ListField } from "@/components/list-field";
import { INSTANCE_BOUNDS, type RoleValues } from "@/lib/console/auth-role-form";

/** Bounds on the EC2 instance that a session is named after. */
export function InstanceBounds({
  values,
  onChange,
  fields,
}: {
  values: RoleValues;
  onChange: (changed: Partial<RoleValues>) => void;
  fields: Readonly<Record<string, string>>;
}) {
  const isInferred = values.inferred_entity_type === "ec2_instance";
  const [isOpen, setOpen] = useState(isInferred);
  return (
    <ExpandableSection
      variant="container"
      headerText="EC2 instances"
      headerDescription="For roles of instance profiles: the instance is looked up and has to meet these bounds."
      expanded={isOpen}
      onChange={({ detail }) => setOpen(detail.expanded)}
    >
      <SpaceBetween size="m">
        <Toggle
          checked={isInferred}
          onChange={({ detail }) => onChange(inferring(detail.checked))}
          description="A session of an instance profile is named after its instance. AWS is asked whether it runs."
        >
          Take the session’s name as an instance
        </Toggle>
        {isInferred && (
          <>
            <FormField
              label="Region"
              description="Where instances are looked up."
              errorText={fields["inferred_aws_region"]}
            >
              <Input
                value={values.inferred_aws_region}
                placeholder="eu-west-1"
                spellcheck={false}
                onChange={({ detail }) => onChange({ inferred_aws_region: detail.value })}
              />
            </FormField>
            {INSTANCE_BOUNDS.map(([name, label, placeholder]) => (
              <ListField
                key={name}
                label={label}
                placeholder={placeholder}
                values={values[name]}
                onChange={(listed) => onChange({ [name]: listed })}
                errorText={fields[name]}
              />
            ))}
          </>
        )}
      </SpaceBetween>
    </ExpandableSection>
  );
}

/** Without inference the API takes none of the bounds. */
function inferring(isOn: boolean): Partial<RoleValues> {
  if (isOn) return { inferred_entity_type: "ec2_instance" };
  return {
    inferred_entity_type: "",
    inferred_aws_region: "",
    ...Object.fromEntries(INSTANCE_BOUNDS.map(([name]) => [name, []])),
  };
}
