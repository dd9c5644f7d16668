"use client";

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { DeleteRole } from "@/app/(console)/secrets/[accessor]/roles/[name]/delete-role";
import { RoleFacts } from "@/app/(console)/secrets/[accessor]/roles/[name]/role-facts";
import { LifetimeBox } from "@/app/(console)/secrets/[accessor]/roles/lifetime-box";
import { VerdictStatus } from "@/app/(console)/validator/verdict-status";
import { useFollow } from "@/components/follow";
import { Follow } from "@/components/follow-link";
import { Page } from "@/components/page";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import type { LifetimeSurroundings } from "@/lib/console/lifetime";
import { indented } from "@/lib/console/role-draft";
import type { AwsMount, LeaseCount } from "@/lib/console/secrets-mounts";
import { credentialTypeOf, secretsHref, type SecretsRole } from "@/lib/console/secrets-roles";
import { CREDENTIAL_WORDS } from "@/lib/console/secrets-words";
import type { RoleVerdicts } from "@/lib/console/validator";

export type RoleProps = {
  mount: AwsMount;
  name: string;
  role: SecretsRole;
  /** Null: the operator's policies do not tell it. */
  live: LeaseCount | null;
  verdict: RoleVerdicts | null;
};

/** One role: what it hands out, how long that lives, and what can be done with it. */
export function RolePage({
  surroundings,
  code,
  ...props
}: RoleProps & { surroundings: LifetimeSurroundings; code: Code }) {
  const { mount, name, role, verdict } = props;
  const [isDeleting, setDeleting] = useState(false);
  const type = credentialTypeOf(role);
  return (
    <Page
      title={name}
      description={type === null ? role.credential_type : CREDENTIAL_WORDS[type].means}
      apiPath={`${mount.path}roles/${name}`}
      above={[
        { text: "AWS secrets", href: secretsHref.mounts },
        { text: mount.path, href: secretsHref.mount(mount.accessor) },
        { text: "Roles", href: secretsHref.roles(mount.accessor) },
      ]}
      actions={
        <Actions
          accessor={mount.accessor}
          name={name}
          code={code}
          onDelete={() => setDeleting(true)}
        />
      }
    >
      <SpaceBetween size="l">
        {type === null && <OldRole />}
        {verdict !== null && <RoleVerdict mount={mount} name={name} verdict={verdict} />}
        <Container header={<Header variant="h2">What it hands out</Header>}>
          <RoleFacts {...props} />
        </Container>
        {role.policy_document !== "" && (
          <Container header={<Header variant="h2">Policy document</Header>}>
            <pre className="snippet" tabIndex={0} aria-label="Policy document">
              {indented(role.policy_document)}
            </pre>
          </Container>
        )}
        {type !== null && (
          <LifetimeBox
            surroundings={surroundings}
            asked={{
              type,
              defaultStsTtlSeconds: role.default_sts_ttl,
              maxStsTtlSeconds: role.max_sts_ttl,
              roleArns: role.role_arns,
            }}
          />
        )}
      </SpaceBetween>
      {isDeleting && <DeleteRole {...props} onClose={() => setDeleting(false)} />}
    </Page>
  );
}

function Actions({
  accessor,
  name,
  code,
  onDelete,
}: {
  accessor: string;
  name: string;
  code: Code;
  onDelete: () => void;
}) {
  const follow = useFollow();
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <ShowAsCode code={code} />
      <Button onClick={onDelete}>Delete</Button>
      <Button href={secretsHref.newRole(accessor, name)} onFollow={follow}>
        Clone
      </Button>
      <Button href={secretsHref.editRole(accessor, name)} onFollow={follow}>
        Edit
      </Button>
      <Button variant="primary" href={secretsHref.issue(accessor, name)} onFollow={follow}>
        Issue a credential
      </Button>
    </SpaceBetween>
  );
}

/** What the validator says of the role, and of each of its targets. */
function RoleVerdict({
  mount,
  name,
  verdict,
}: {
  mount: AwsMount;
  name: string;
  verdict: RoleVerdicts;
}) {
  const search = new URLSearchParams({ mount: mount.path, q: name }).toString();
  const worst = verdict.rows.filter(({ status }) => status === verdict.status);
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={<Follow href={`/validator?${search}`}>Evidence, fix and history</Follow>}
        >
          What AWS grants
        </Header>
      }
    >
      <VerdictStatus status={verdict.status} />
      {worst.flatMap((row) =>
        row.results
          .filter(({ status }) => status === row.status)
          .map(({ code, text }) => <p key={`${row.target_arn} ${code}`}>{text}</p>),
      )}
    </Container>
  );
}

function OldRole() {
  return (
    <Alert type="info" header="Written with old parameters">
      This role names its types as the old parameters <code>policy</code> and <code>arn</code> do.
      Saving it here gives it one type.
    </Alert>
  );
}
