"use client";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useState, type ReactNode } from "react";
import { deleteStsAction, saveStsAction } from "@/app/(console)/auth/actions";
import { Arn } from "@/components/arn";
import { useChange } from "@/components/change";
import { ConfirmChange } from "@/components/confirm-change";
import { EmptyState } from "@/components/empty-state";
import { RefusalState } from "@/components/refusal-state";
import type { AuthMount, StsAccount } from "@/lib/console/auth-mounts";
import type { Read } from "@/lib/console/operator";

const NEW: StsAccount = { account: "", stsRole: "", externalId: "" };

type Open = { kind: "edit" | "remove"; account: StsAccount } | null;

/** Through which roles the mount looks into other accounts. */
export function StsAccounts({
  mount,
  accounts,
}: {
  mount: AuthMount;
  accounts: Read<{ accounts: StsAccount[]; left: number }>;
}) {
  const [open, setOpen] = useState<Open>(null);
  if (!accounts.ok) {
    return <RefusalState what="The accounts are not shown." refusal={accounts.refusal} />;
  }
  const add = (
    <Button onClick={() => setOpen({ kind: "edit", account: NEW })}>Add an account</Button>
  );
  return (
    <>
      <AccountTable {...accounts.data} action={add} onOpen={setOpen} />
      {open?.kind === "edit" && (
        <EditAccount mount={mount} account={open.account} onClose={() => setOpen(null)} />
      )}
      {open?.kind === "remove" && (
        <RemoveAccount mount={mount} account={open.account} onClose={() => setOpen(null)} />
      )}
    </>
  );
}

function AccountTable({
  accounts,
  left,
  action,
  onOpen,
}: {
  accounts: readonly StsAccount[];
  left: number;
  action: ReactNode;
  onOpen: (open: Open) => void;
}) {
  return (
    <Table
      variant="container"
      items={accounts}
      trackBy="account"
      header={
        <Header
          variant="h2"
          counter={`(${accounts.length + left})`}
          description="Principals of another account are looked up as a role of that account."
          actions={action}
        >
          Cross-account roles
        </Header>
      }
      columnDefinitions={[
        { id: "account", header: "Account", isRowHeader: true, cell: ({ account }) => account },
        { id: "role", header: "Role to assume", cell: ({ stsRole }) => <Arn arn={stsRole} /> },
        { id: "external", header: "External id", cell: ({ externalId }) => externalId || "–" },
        {
          id: "actions",
          header: "Actions",
          cell: (account) => <AccountActions account={account} onOpen={onOpen} />,
        },
      ]}
      empty={
        <EmptyState title="Only the mount’s own account is looked into" action={action}>
          Roles may bind principals of other accounts once their account is here.
        </EmptyState>
      }
      footer={left > 0 && `${left} more accounts are not listed.`}
    />
  );
}

function AccountActions({
  account,
  onOpen,
}: {
  account: StsAccount;
  onOpen: (open: Open) => void;
}) {
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button
        variant="inline-link"
        ariaLabel={`Edit account ${account.account}`}
        onClick={() => onOpen({ kind: "edit", account })}
      >
        Edit
      </Button>
      <Button
        variant="inline-link"
        ariaLabel={`Remove account ${account.account}`}
        onClick={() => onOpen({ kind: "remove", account })}
      >
        Remove
      </Button>
    </SpaceBetween>
  );
}

type Dialog = { mount: AuthMount; account: StsAccount; onClose: () => void };

const FIELDS = [
  ["account", "Account id", "Twelve digits."],
  [
    "stsRole",
    "Role to assume",
    "It needs iam:GetRole and iam:GetUser, and has to trust this mount’s identity.",
  ],
  ["externalId", "External id", "If the role’s trust policy demands one."],
] as const;

function EditAccount({ mount, account, onClose }: Dialog) {
  const [form, setForm] = useState(account);
  const change = useChange(saveStsAction, () => {
    onClose();
    return true;
  });
  const isNew = account === NEW;
  const isFormWrong = Object.keys(change.fields).length > 0;
  const save = (): void => change.run({ path: mount.path, ...form });
  return (
    <Modal
      visible
      header={isNew ? "Add an account" : `Account ${account.account}`}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" loading={change.isRunning} onClick={save}>
              Save
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {FIELDS.map(([name, label, description]) => (
          <FormField
            key={name}
            label={label}
            description={description}
            errorText={change.fields[name]}
          >
            <Input
              value={form[name]}
              readOnly={name === "account" && !isNew}
              spellcheck={false}
              onChange={({ detail }) => setForm({ ...form, [name]: detail.value })}
            />
          </FormField>
        ))}
        {change.refusal && !isFormWrong && (
          <RefusalState what="Nothing was saved." refusal={change.refusal} />
        )}
      </SpaceBetween>
    </Modal>
  );
}

function RemoveAccount({ mount, account, onClose }: Dialog) {
  const change = useChange(deleteStsAction, () => {
    onClose();
    return true;
  });
  return (
    <ConfirmChange
      title={`Remove account ${account.account}`}
      doIt="Remove account"
      input={{ path: mount.path, account: account.account }}
      change={change}
      onClose={onClose}
    >
      <div>
        Principals of {account.account} can no longer be resolved when a role is saved, and logins
        that need a look-up there are refused: those bound by a wildcard, and those of instances.
        Principals that are bound by their unique id still log in.
      </div>
    </ConfirmChange>
  );
}
