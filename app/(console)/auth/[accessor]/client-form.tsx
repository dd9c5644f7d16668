"use client";

import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { ServerIdSettings } from "@/app/(console)/auth/[accessor]/server-id-settings";
import { saveClientAction } from "@/app/(console)/auth/actions";
import { useChange } from "@/components/change";
import { ListField } from "@/components/list-field";
import { RefusalState } from "@/components/refusal-state";
import {
  type AuthMount,
  type ClientConfig,
  REPLAY_GUARDS,
  type ReplayGuard,
} from "@/lib/console/auth-mounts";
import type { Read } from "@/lib/console/operator";

export type ClientValues = {
  isEnforced: boolean;
  serverId: string;
  stsEndpoint: string;
  stsRegion: string;
  useStsRegionFromClient: boolean;
  iamEndpoint: string;
  ec2Endpoint: string;
  allowedHeaders: readonly string[];
  replayGuard: ReplayGuard;
  maxRetries: string;
  accessKey: string;
  secretKey: string;
};

type Part = {
  values: ClientValues;
  set: (changed: Partial<ClientValues>) => void;
  fields: Readonly<Record<string, string>>;
};

/** How the mount judges signed requests, and with what it asks AWS itself. */
export function ClientForm({ mount, client }: { mount: AuthMount; client: Read<ClientConfig> }) {
  if (!client.ok) {
    return <RefusalState what="The login rules are not shown." refusal={client.refusal} />;
  }
  return <Rules mount={mount} client={client.data} />;
}

function Rules({ mount, client }: { mount: AuthMount; client: ClientConfig }) {
  const [values, setValues] = useState(() => valuesOf(client));
  const change = useChange(saveClientAction, () => {
    // The secret is stored by now, and nothing has to remember it.
    setValues((now) => ({ ...now, secretKey: "" }));
    return true;
  });
  const part: Part = {
    values,
    set: (changed) => setValues({ ...values, ...changed }),
    fields: change.fields,
  };
  const isFormWrong = Object.keys(change.fields).length > 0;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        change.run({ path: mount.path, ...values, allowedHeaders: [...values.allowedHeaders] });
      }}
    >
      <Form
        actions={
          <Button variant="primary" formAction="submit" loading={change.isRunning}>
            Save login rules
          </Button>
        }
        errorText={isFormWrong ? "Some fields are not right yet." : undefined}
      >
        <SpaceBetween size="l">
          {change.refusal && !isFormWrong && (
            <RefusalState what="The login rules were not saved." refusal={change.refusal} />
          )}
          <ServerIdSettings
            stored={client.iam_server_id_header_value}
            {...{ values, fields: change.fields }}
            set={part.set}
          />
          <Replays {...part} />
          <Sts {...part} />
          <OwnCalls {...part} />
        </SpaceBetween>
      </Form>
    </form>
  );
}

const REPLAYS: Readonly<Record<ReplayGuard, [label: string, description: string]>> = {
  window: [
    "For some seconds",
    "A client that lost the answer may send the same request again at once.",
  ],
  strict: ["Once", "A second use is refused, also by a client that lost the answer."],
  off: [
    "As long as its signature holds",
    "A risk: whoever sees a signed request can log in with it for 15 minutes.",
  ],
};

function Replays({ values, set }: Part) {
  return (
    <Container
      header={
        <Header variant="h2" description="What is done about a request that comes again.">
          Replays
        </Header>
      }
    >
      <FormField label="A signed request opens the door">
        <RadioGroup
          value={values.replayGuard}
          items={REPLAY_GUARDS.map((value) => ({
            value,
            label: REPLAYS[value][0],
            description: REPLAYS[value][1],
          }))}
          onChange={({ detail }) =>
            set({ replayGuard: REPLAY_GUARDS.find((one) => one === detail.value) ?? "window" })
          }
        />
      </FormField>
    </Container>
  );
}

function Sts({ values, set, fields }: Part) {
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Where a client’s signed request is sent to learn who signed it."
        >
          STS
        </Header>
      }
    >
      <SpaceBetween size="m">
        <FormField
          label="Endpoint"
          description="Empty: https://sts.amazonaws.com. Clients have to sign for the host that is asked."
          errorText={fields["stsEndpoint"]}
        >
          <Input
            value={values.stsEndpoint}
            placeholder="https://sts.eu-west-1.amazonaws.com"
            spellcheck={false}
            onChange={({ detail }) => set({ stsEndpoint: detail.value })}
          />
        </FormField>
        <FormField
          label="Region"
          description="Of that endpoint. Client snippets name it, so that clients sign for it."
          errorText={fields["stsRegion"]}
        >
          <Input
            value={values.stsRegion}
            placeholder="eu-west-1"
            spellcheck={false}
            onChange={({ detail }) => set({ stsRegion: detail.value })}
          />
        </FormField>
        <Checkbox
          checked={values.useStsRegionFromClient}
          description="From AWS’s own list; a region that is none is refused."
          onChange={({ detail }) => set({ useStsRegionFromClient: detail.checked })}
        >
          Ask in the region that the client signed for
        </Checkbox>
        <ListField
          label="Allowed headers"
          description="Beside those that a signed request needs. A header that is not allowed is not sent on."
          placeholder="X-Custom-Header"
          values={values.allowedHeaders}
          onChange={(allowedHeaders) => set({ allowedHeaders })}
          errorText={fields["allowedHeaders"]}
        />
      </SpaceBetween>
    </Container>
  );
}

const OWN_FIELDS = [
  ["accessKey", "Access key id", "Empty: the credentials of the machine this server runs on."],
  ["iamEndpoint", "IAM endpoint", "Empty: AWS’s own."],
  ["ec2Endpoint", "EC2 endpoint", "Empty: AWS’s own."],
  ["maxRetries", "Retries", "Of a call that AWS throttles. −1: the default."],
] as const;

function OwnCalls({ values, set, fields }: Part) {
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="For looking up principals and instances: iam:GetRole, iam:GetUser, ec2:DescribeInstances, and sts:AssumeRole into other accounts."
        >
          Its own calls to AWS
        </Header>
      }
    >
      <SpaceBetween size="m">
        {OWN_FIELDS.map(([name, label, description]) => (
          <FormField key={name} label={label} description={description} errorText={fields[name]}>
            <Input
              value={values[name]}
              spellcheck={false}
              autoComplete={false}
              onChange={({ detail }) => set({ [name]: detail.value })}
            />
          </FormField>
        ))}
        <FormField
          label="Secret access key"
          description="Is stored encrypted and never shown again. Empty: as it is."
          errorText={fields["secretKey"]}
        >
          <Input
            type="password"
            value={values.secretKey}
            autoComplete="new-password"
            onChange={({ detail }) => set({ secretKey: detail.value })}
          />
        </FormField>
      </SpaceBetween>
    </Container>
  );
}

function valuesOf(client: ClientConfig): ClientValues {
  return {
    isEnforced: client.iam_server_id_header_value !== "",
    serverId: client.iam_server_id_header_value,
    stsEndpoint: client.sts_endpoint,
    stsRegion: client.sts_region,
    useStsRegionFromClient: client.use_sts_region_from_client,
    iamEndpoint: client.iam_endpoint,
    ec2Endpoint: client.endpoint,
    allowedHeaders: client.allowed_sts_header_values,
    replayGuard: client.replay_guard,
    maxRetries: String(client.max_retries),
    accessKey: client.access_key,
    secretKey: "",
  };
}
