"use client";

import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState, type SubmitEvent } from "react";
import { issueAction } from "@/app/(console)/secrets/[accessor]/roles/[name]/issue/actions";
import { IssueFields } from "@/app/(console)/secrets/[accessor]/roles/[name]/issue/issue-fields";
import {
  type Issued,
  IssuedCredential,
} from "@/app/(console)/secrets/[accessor]/roles/[name]/issue/issued-credential";
import { useShownOnce } from "@/app/(console)/secrets/[accessor]/roles/[name]/issue/shown-once";
import { LifetimeBox } from "@/app/(console)/secrets/[accessor]/roles/lifetime-box";
import type { RoleOfMount } from "@/app/(console)/secrets/[accessor]/roles/read-role-page";
import { useChange } from "@/components/change";
import { Page } from "@/components/page";
import { RefusalState } from "@/components/refusal-state";
import { ShowAsCode } from "@/components/show-as-code";
import type { CredentialSecret } from "@/lib/console/credential-formats";
import { type LifetimeSurroundings, parseTtl } from "@/lib/console/lifetime";
import { issueCode } from "@/lib/console/secrets-code";
import type { AwsMount } from "@/lib/console/secrets-mounts";
import { type CredentialType, credentialTypeOf, secretsHref } from "@/lib/console/secrets-roles";
import { CREDENTIAL_WORDS } from "@/lib/console/secrets-words";

export type IssueValues = { ttl: string; roleArn: string; sessionName: string; mfaCode: string };

type Props = RoleOfMount & { surroundings: LifetimeSurroundings };

/** Draws one credential of a role and shows it once. */
export function IssuePage({ mount, name, role, surroundings }: Props) {
  const type = credentialTypeOf(role);
  const { values, set, issued, shown, submit, change } = useIssue({ mount, name, role });
  return (
    <Page
      title={`Issue a credential of ${name}`}
      description={
        type === null ? "" : `${CREDENTIAL_WORDS[type].means} ${CREDENTIAL_WORDS[type].ends}`
      }
      apiPath={`${mount.path}creds/${name}`}
      above={aboveOf(mount, name)}
      actions={<ShowAsCode code={issueCode(mount, name, queryOf(type, values))} />}
      contentType="form"
    >
      <SpaceBetween size="l">
        <form onSubmit={submit} autoComplete="off" noValidate>
          <Form actions={<IssueButton isRunning={change.isRunning} />}>
            <Container header={<Header variant="h2">What to ask for</Header>}>
              <IssueFields
                type={type}
                role={role}
                values={values}
                problems={change.fields}
                set={set}
              />
            </Container>
          </Form>
        </form>
        {change.refusal !== null && (
          <RefusalState what="No credential was issued." refusal={change.refusal} />
        )}
        {issued !== null && (
          <IssuedCredential
            key={issued.leaseId}
            issued={issued}
            shown={shown}
            type={type}
            profile={name}
          />
        )}
        {type !== null && (
          <LifetimeBox
            surroundings={surroundings}
            asked={{
              type,
              defaultStsTtlSeconds: role.default_sts_ttl,
              maxStsTtlSeconds: role.max_sts_ttl,
              requestedSeconds: requestedOf(values),
              roleArns: [values.roleArn],
            }}
          />
        )}
      </SpaceBetween>
    </Page>
  );
}

/** The secret is held apart from all else, so that nothing else can keep it. */
function useIssue({ mount, name, role }: RoleOfMount) {
  const [values, setValues] = useState<IssueValues>({
    ttl: "",
    roleArn: role.role_arns[0] ?? "",
    sessionName: "",
    mfaCode: "",
  });
  const [issued, setIssued] = useState<Issued | null>(null);
  const shown = useShownOnce<CredentialSecret>();
  const change = useChange(issueAction, ({ secret, ...receipt }) => {
    shown.hold(secret);
    setIssued(receipt);
    // It stands in the page, not in a message that would outlive it.
    return false;
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (parseTtl(values.ttl) === null) return;
    shown.drop();
    setIssued(null);
    const asked = askedOf(credentialTypeOf(role), role.role_arns, values);
    change.run({ mount: mount.path, name, ...asked });
  };
  const set = (changed: Partial<IssueValues>) => setValues((now) => ({ ...now, ...changed }));
  return { values, set, issued, shown, submit, change };
}

function IssueButton({ isRunning }: { isRunning: boolean }) {
  return (
    <Button variant="primary" loading={isRunning} loadingText="AWS is being asked">
      Issue credential
    </Button>
  );
}

/** Nothing typed asks for nothing. */
function requestedOf({ ttl }: IssueValues): number | null {
  const seconds = parseTtl(ttl);
  return seconds === 0 ? null : seconds;
}

function aboveOf({ accessor, path }: AwsMount, name: string) {
  return [
    { text: "AWS secrets", href: secretsHref.mounts },
    { text: path, href: secretsHref.mount(accessor) },
    { text: "Roles", href: secretsHref.roles(accessor) },
    { text: name, href: secretsHref.role(accessor, name) },
  ];
}

/** Only what the type of credential takes. */
function askedOf(
  type: CredentialType | null,
  roleArns: readonly string[],
  values: IssueValues,
): IssueValues {
  const isAssumed = type === "assumed_role";
  return {
    ttl: type === "iam_user" ? "" : values.ttl,
    roleArn: isAssumed && roleArns.length > 1 ? values.roleArn : "",
    sessionName: isAssumed ? values.sessionName.trim() : "",
    mfaCode: type === "session_token" ? values.mfaCode : "",
  };
}

function queryOf(type: CredentialType | null, values: IssueValues): Record<string, string> {
  const { ttl, sessionName } = askedOf(type, [], values);
  return {
    ...(ttl !== "" && { ttl }),
    ...(sessionName !== "" && { role_session_name: sessionName }),
  };
}
