"use client";

import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { useState } from "react";

type Values = { isEnforced: boolean; serverId: string };

/** Whether a login has to be signed for this server, why it should, and how to get there. */
export function ServerIdSettings({
  stored,
  values,
  set,
  fields,
}: {
  /** The value in force; empty: none. */
  stored: string;
  values: Values;
  set: (changed: Partial<Values>) => void;
  fields: Readonly<Record<string, string>>;
}) {
  const isLosing = stored !== "" && !values.isEnforced;
  const isTightening = values.isEnforced && values.serverId !== stored;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="A name that clients sign with their login, in the header X-Vault-AWS-IAM-Server-ID."
        >
          Server-ID
        </Header>
      }
    >
      <SpaceBetween size="m">
        <Toggle
          checked={values.isEnforced}
          onChange={({ detail }) => set({ isEnforced: detail.checked })}
        >
          Refuse logins that were not signed for this server
        </Toggle>
        {values.isEnforced && (
          <ServerIdValue
            value={values.serverId}
            onChange={(serverId) => set({ serverId })}
            errorText={fields["serverId"]}
          />
        )}
        {!values.isEnforced && (
          <Alert
            type="warning"
            header={isLosing ? "Saving takes a protection away" : "This is a risk"}
          >
            Whoever gets hold of a signed login request, or runs a server that your clients log in
            to, can log in here as them for as long as the signature holds (15 minutes).
          </Alert>
        )}
        {isTightening && (
          <Alert type="info" header="Clients that sign another value, or none, will be refused">
            Tokens that live are not touched. Roll the value out to the clients first.
          </Alert>
        )}
        <RollOut proposed={values.serverId === "" ? "leasehold.example.com" : values.serverId} />
      </SpaceBetween>
    </Container>
  );
}

function ServerIdValue({
  value,
  onChange,
  errorText,
}: {
  value: string;
  onChange: (value: string) => void;
  errorText: string | undefined;
}) {
  return (
    <FormField
      label="Value"
      description="Any text that belongs to this server alone, mostly its host name."
      errorText={errorText}
    >
      <Input
        value={value}
        placeholder="leasehold.example.com"
        spellcheck={false}
        onChange={({ detail }) => onChange(detail.value)}
      />
    </FormField>
  );
}

function RollOut({ proposed }: { proposed: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <ExpandableSection
      headerText="How to roll it out without refusing anybody"
      expanded={isOpen}
      onChange={({ detail }) => setOpen(detail.expanded)}
    >
      <ol>
        <li>
          Give the value to the clients first: <code>header_value={proposed}</code> for the vault
          CLI, Vault Agent and Terraform. A mount that does not enforce it takes it without looking.
        </li>
        <li>
          Wait until all of them log in with it: a token of theirs that still renews has not logged
          in again yet.
        </li>
        <li>Switch it on here. Refused logins stand in the audit log with the reason.</li>
      </ol>
    </ExpandableSection>
  );
}
