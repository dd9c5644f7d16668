"use client";

import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import Tiles from "@cloudscape-design/components/tiles";

/** What is tested. `payload` holds a signature: it lives in the form, and nowhere else. */
export type DryRunValues = {
  mount: string;
  role: string;
  kind: "identity" | "payload";
  principal: string;
  payload: string;
  clientAddress: string;
};

type Props = {
  values: DryRunValues;
  mountPaths: readonly string[];
  isRoleFixed: boolean;
  fields: Readonly<Record<string, string>>;
  onChange: (changed: Partial<DryRunValues>) => void;
};

/** Who logs in where, for which role and from where. */
export function DryRunFields(props: Props) {
  const { values, isRoleFixed, fields, onChange } = props;
  return (
    <SpaceBetween size="m">
      <FormField label="What is tested">
        <Tiles
          value={values.kind}
          ariaLabel="What is tested"
          onChange={({ detail }) =>
            onChange({ kind: detail.value === "payload" ? "payload" : "identity" })
          }
          items={[
            {
              value: "identity",
              label: "An AWS identity",
              description:
                "The checks from the mount’s list of principals on, without a signature.",
            },
            {
              value: "payload",
              label: "A captured login",
              description: "All checks. The signed request is sent to AWS; it is not used up.",
            },
          ]}
        />
      </FormField>
      {!isRoleFixed && <Where {...props} />}
      {values.kind === "identity" ? <Identity {...props} /> : <Payload {...props} />}
      <FormField
        label="From address"
        description="For roles that admit some networks alone. Empty: your own."
        errorText={fields["clientAddress"]}
      >
        <Input
          value={values.clientAddress}
          placeholder="10.1.2.3"
          spellcheck={false}
          onChange={({ detail }) => onChange({ clientAddress: detail.value })}
        />
      </FormField>
    </SpaceBetween>
  );
}

function Where({ values, mountPaths, fields, onChange }: Props) {
  const options = [...new Set([...mountPaths, values.mount])]
    .filter((path) => path !== "")
    .map((path) => ({ value: path, label: path }));
  return (
    <SpaceBetween size="m">
      <FormField label="Mount" errorText={fields["mount"]}>
        <Select
          options={options}
          selectedOption={options.find(({ value }) => value === values.mount) ?? null}
          placeholder="Choose a mount"
          empty="There is no AWS auth mount."
          onChange={({ detail }) => onChange({ mount: detail.selectedOption.value ?? "" })}
        />
      </FormField>
      <FormField
        label="Role"
        description="Empty: the one that the captured login names, or the one called like the principal."
        errorText={fields["role"]}
      >
        <Input
          value={values.role}
          spellcheck={false}
          onChange={({ detail }) => onChange({ role: detail.value })}
        />
      </FormField>
    </SpaceBetween>
  );
}

function Identity({ values, fields, onChange }: Props) {
  return (
    <FormField
      label="ARN"
      description="Of a role, a user, or a session of a role."
      errorText={fields["principal"]}
    >
      <Input
        value={values.principal}
        placeholder="arn:aws:iam::111111111111:role/app"
        spellcheck={false}
        onChange={({ detail }) => onChange({ principal: detail.value })}
      />
    </FormField>
  );
}

function Payload({ values, fields, onChange }: Props) {
  return (
    <FormField
      label="Captured login"
      description="Its JSON body, or iam_http_request_method, iam_request_url, iam_request_body and iam_request_headers as name=value, one a line."
      constraintText="It holds a signature that opens this mount for a quarter of an hour: it is sent for the test, and forgotten with it."
      errorText={fields["payload"]}
    >
      <Textarea
        value={values.payload}
        rows={6}
        spellcheck={false}
        autoComplete={false}
        onChange={({ detail }) => onChange({ payload: detail.value })}
      />
    </FormField>
  );
}
