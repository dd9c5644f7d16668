"use client";

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { ChangePolicies } from "@/app/(console)/admin/operators/[accessor]/[name]/change-policies";
import { DeleteUser } from "@/app/(console)/admin/operators/[accessor]/[name]/delete-user";
import { LimitsForm } from "@/app/(console)/admin/operators/[accessor]/[name]/limits-form";
import { SetPassword } from "@/app/(console)/admin/operators/[accessor]/[name]/set-password";
import { PolicyLinks } from "@/app/(console)/admin/operators/policy-links";
import { RightsPreview } from "@/app/(console)/admin/operators/rights-preview";
import { Follow } from "@/components/follow-link";
import { KeyValue } from "@/components/key-value";
import { Page } from "@/components/page";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import type { SignInMount, UserLimits } from "@/lib/console/admin-operators";

export type UserFacts = {
  name: string;
  mount: SignInMount;
  user: UserLimits;
  /** Null: not told to this operator. */
  sessions: number | null;
  isLocked: boolean;
  /** Whoever looks is this operator. */
  isSelf: boolean;
  /** Names of the stored policies; none where they are not told. */
  policies: readonly string[];
};

type Dialog = "policies" | "password" | "delete";

/** One operator with a password: what they may do, and what their tokens are like. */
export function UserPage({ code, ...facts }: UserFacts & { code: Code }) {
  const { name, mount, user, isSelf } = facts;
  const [open, setOpen] = useState<Dialog | null>(null);
  const close = () => setOpen(null);
  return (
    <Page
      title={name}
      apiPath={`${mount.fullPath}users/${name}`}
      description={isSelf ? "This is you." : `Signs in at ${mount.fullPath} with a password.`}
      above={[{ text: "Operators", href: "/admin/operators" }]}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <ShowAsCode code={code} />
          <Button onClick={() => setOpen("delete")}>Delete</Button>
          <Button onClick={() => setOpen("password")}>Set password</Button>
          <Button variant="primary" onClick={() => setOpen("policies")}>
            Change policies
          </Button>
        </SpaceBetween>
      }
    >
      <SpaceBetween size="l">
        {isBarred(user) && (
          <Alert type="warning" header={`${name} cannot sign in to the console`}>
            Its tokens are batch tokens or have a limited number of uses, which no session can hold.
            They work over the API.
          </Alert>
        )}
        <Facts {...facts} />
        <Container header={<Header variant="h2">What they may do</Header>}>
          <RightsPreview
            policies={user.token_policies}
            hasDefault={!user.token_no_default_policy}
            isOpen
            title="By the policies of their next sign-in"
          />
        </Container>
        <LimitsForm key={JSON.stringify(user)} {...facts} />
      </SpaceBetween>
      {open === "policies" && <ChangePolicies {...facts} onClose={close} />}
      {open === "password" && <SetPassword {...facts} onClose={close} />}
      {open === "delete" && <DeleteUser {...facts} onClose={close} />}
    </Page>
  );
}

function isBarred({ token_num_uses: uses, token_type: type }: UserLimits): boolean {
  return uses !== 0 || type === "batch";
}

function Facts({ name, mount, user, sessions, isLocked }: UserFacts) {
  return (
    <Container header={<Header variant="h2">Who it is</Header>}>
      <KeyValue
        facts={[
          {
            label: "State",
            value: isLocked ? (
              <StatusIndicator type="warning">Locked out, for some minutes</StatusIndicator>
            ) : (
              <StatusIndicator type="success">Can sign in</StatusIndicator>
            ),
          },
          { label: "Policies", value: <PolicyLinks names={user.token_policies} /> },
          {
            label: "Open sessions",
            value:
              sessions === null ? (
                "not shown to you"
              ) : sessions === 0 ? (
                "none"
              ) : (
                <Follow href={`/admin/sessions?q=${encodeURIComponent(name)}`}>{sessions}</Follow>
              ),
          },
          {
            label: "Signs in at",
            value: <Follow href={`/admin/mounts/${mount.accessor}`}>{mount.fullPath}</Follow>,
          },
        ]}
      />
    </Container>
  );
}
