"use client";

import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useRouter } from "next/navigation";
import { useState, type SubmitEvent } from "react";
import { writeRootAction } from "@/app/(console)/secrets/[accessor]/root/actions";
import { EndpointFields } from "@/app/(console)/secrets/[accessor]/root/endpoint-fields";
import { IdentityFields } from "@/app/(console)/secrets/[accessor]/root/identity-fields";
import { TemplateField } from "@/app/(console)/secrets/[accessor]/root/template-field";
import { useChange } from "@/components/change";
import { useFollow } from "@/components/follow";
import { Page } from "@/components/page";
import { RefusalState } from "@/components/refusal-state";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import type { AwsMount, RootConfig } from "@/lib/console/secrets-mounts";
import { secretsHref } from "@/lib/console/secrets-roles";

/** As it is typed; an empty secret keeps the stored one. */
export type RootValues = {
  source: "key" | "host";
  accessKey: string;
  secretKey: string;
  region: string;
  iamEndpoint: string;
  stsEndpoint: string;
  stsRegion: string;
  fallbacks: { endpoint: string; region: string }[];
  maxRetries: string;
  template: string;
};

export type RootFieldsProps = {
  values: RootValues;
  problems: Readonly<Record<string, string>>;
  set: (changed: Partial<RootValues>) => void;
};

/** Edits everything of `config/root`; the secret is written only. */
export function RootForm({ mount, root, code }: { mount: AwsMount; root: RootConfig; code: Code }) {
  const router = useRouter();
  const [values, setValues] = useState(() => valuesOf(root));
  const set = (changed: Partial<RootValues>) => setValues((now) => ({ ...now, ...changed }));
  const change = useChange(writeRootAction, () => {
    router.push(secretsHref.mount(mount.accessor));
    return true;
  });
  const problems = change.fields;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    change.run({ mount: mount.path, storedKey: root.access_key, ...values });
    // A secret does not stay in the page longer than it takes to send it.
    set({ secretKey: "" });
  };
  return (
    <Page
      title="Root credential"
      description="The AWS identity that this mount works with, and how AWS is reached."
      apiPath={`${mount.path}config/root`}
      above={[
        { text: "AWS secrets", href: secretsHref.mounts },
        { text: mount.path, href: secretsHref.mount(mount.accessor) },
      ]}
      actions={<ShowAsCode code={code} />}
      contentType="form"
    >
      <form onSubmit={submit} autoComplete="off">
        <Form actions={<FormActions accessor={mount.accessor} isPending={change.isRunning} />}>
          <SpaceBetween size="l">
            <Container header={<Header variant="h2">Identity</Header>}>
              <IdentityFields values={values} problems={problems} set={set} root={root} />
            </Container>
            <Container header={<Header variant="h2">Regions and endpoints</Header>}>
              <EndpointFields values={values} problems={problems} set={set} />
            </Container>
            <Container header={<Header variant="h2">Names</Header>}>
              <TemplateField values={values} problems={problems} set={set} />
            </Container>
            {change.refusal !== null && (
              <RefusalState what="The root credential was not changed." refusal={change.refusal} />
            )}
          </SpaceBetween>
        </Form>
      </form>
    </Page>
  );
}

function FormActions({ accessor, isPending }: { accessor: string; isPending: boolean }) {
  const follow = useFollow();
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button variant="link" href={secretsHref.mount(accessor)} onFollow={follow}>
        Cancel
      </Button>
      <Button variant="primary" loading={isPending} loadingText="Saving">
        Save root credential
      </Button>
    </SpaceBetween>
  );
}

function valuesOf(root: RootConfig): RootValues {
  return {
    source: root.access_key === "" ? "host" : "key",
    accessKey: root.access_key,
    secretKey: "",
    region: root.region,
    iamEndpoint: root.iam_endpoint,
    stsEndpoint: root.sts_endpoint,
    stsRegion: root.sts_region,
    fallbacks: root.sts_fallback_endpoints.map((endpoint, index) => ({
      endpoint,
      region: root.sts_fallback_regions[index] ?? "",
    })),
    maxRetries: root.max_retries < 0 ? "" : String(root.max_retries),
    template: root.username_template,
  };
}
