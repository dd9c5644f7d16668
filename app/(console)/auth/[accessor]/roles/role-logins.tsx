"use client";

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import { Ago } from "@/components/ago";
import { CopyId } from "@/components/copy-id";
import { Follow } from "@/components/follow-link";
import { KeyValue } from "@/components/key-value";
import { RefusalState } from "@/components/refusal-state";
import { isRecreated, type RoleFigures, type RoleLogins } from "@/lib/console/attempts";
import { attemptsHref } from "@/lib/console/attempts-filter";
import { type AuthMount, authPath } from "@/lib/console/auth-mounts";
import type { AuthRole, AuthRoleRow } from "@/lib/console/auth-roles";
import type { Read } from "@/lib/console/operator";

type Columns = TableProps<AuthRoleRow>["columnDefinitions"];

/** How logins with each role went lately; no columns where that is not told to this operator. */
export function loginColumns(mount: AuthMount, figures: Read<RoleFigures>): Columns {
  if (!figures.ok) return [];
  const { since, roles } = figures.data;
  const byName = new Map(roles.map((logins) => [logins.role, logins]));
  return [
    {
      id: "last-login",
      header: "Last login",
      minWidth: 120,
      cell: ({ name }) => (
        <Ago at={byName.get(name)?.last_passed_at ?? null} never="none recorded" />
      ),
    },
    {
      id: "refused",
      header: "Refused in 24 h",
      minWidth: 150,
      cell: (role) => (
        <SpaceBetween size="xxxs">
          <Refused {...{ mount, since }} role={role.name} logins={byName.get(role.name)} />
          {isRecreated(byName.get(role.name), role.bound_iam_principal_id) && (
            <StatusIndicator type="warning">principal was made anew</StatusIndicator>
          )}
        </SpaceBetween>
      ),
    },
  ];
}

type RefusedProps = {
  mount: AuthMount;
  role: string;
  since: string;
  logins: RoleLogins | undefined;
};

function Refused({ mount, role, since, logins }: RefusedProps) {
  if (logins === undefined || logins.refused === 0) return <>none</>;
  const mine = { mount: authPath(mount, ""), role };
  return (
    <Follow href={attemptsHref({ ...mine, result: "refused", from: since })}>
      {logins.refused.toLocaleString("en")}
    </Follow>
  );
}

/** How logins with one role went, and whether it still stands for a principal that is gone. */
export function RoleLoginsPanel({
  mount,
  name,
  stored,
  figures,
  isRebinding,
  onRebind,
}: {
  mount: AuthMount;
  name: string;
  stored: AuthRole;
  figures: Read<RoleFigures>;
  isRebinding: boolean;
  onRebind: () => void;
}) {
  if (!figures.ok) {
    return <RefusalState what="How its logins went is not shown." refusal={figures.refusal} />;
  }
  const { since, roles } = figures.data;
  const logins = roles.find(({ role }) => role === name);
  return (
    <SpaceBetween size="l">
      {isRecreated(logins, stored.bound_iam_principal_id) && (
        <Recreated logins={logins} isRebinding={isRebinding} onRebind={onRebind} />
      )}
      <Container header={<Header variant="h2">Logins</Header>}>
        <KeyValue
          columns={3}
          facts={[
            {
              label: "Last login",
              value: <Ago at={logins?.last_passed_at ?? null} never="none recorded" />,
            },
            {
              label: "Refused in 24 h",
              value: <Refused {...{ mount, since, logins }} role={name} />,
            },
            {
              label: "Attempts",
              value: (
                <Follow href={attemptsHref({ mount: authPath(mount, ""), role: name })}>
                  All attempts with this role
                </Follow>
              ),
            },
          ]}
        />
      </Container>
    </SpaceBetween>
  );
}

function Recreated({
  logins,
  isRebinding,
  onRebind,
}: {
  logins: { recreated_at: string; recreated_id: string };
  isRebinding: boolean;
  onRebind: () => void;
}) {
  return (
    <Alert
      type="warning"
      header="A bound principal was deleted and made anew"
      action={
        <Button loading={isRebinding} onClick={onRebind}>
          Bind the new principal
        </Button>
      }
    >
      The role is bound to the unique id of the old one; the new one,{" "}
      <CopyId value={logins.recreated_id} what="unique id" />, was refused{" "}
      <Ago at={logins.recreated_at} />. Whoever made it anew may not be who you think: look before
      you bind it. Binding writes the same ARNs again and looks their unique ids up.
    </Alert>
  );
}
