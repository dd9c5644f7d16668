"use client";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { ActionModal } from "@/components/action-modal";
import { rotateRootAction } from "@/app/(console)/secrets/actions";
import { useChange } from "@/components/change";
import { CopyId } from "@/components/copy-id";
import { useFollow } from "@/components/follow";
import { KeyValue } from "@/components/key-value";
import { ObjectPath } from "@/components/object-path";
import { RefusalState } from "@/components/refusal-state";
import type { Read } from "@/lib/console/operator";
import type { AwsMount, RootConfig } from "@/lib/console/secrets-mounts";
import { secretsHref } from "@/lib/console/secrets-roles";

/** The AWS identity that a mount works with; its secret is never shown. */
export function RootPanel({ mount, root }: { mount: AwsMount; root: Read<RootConfig | null> }) {
  const [isRotating, setRotating] = useState(false);
  const change = useChange(rotateRootAction, () => {
    setRotating(false);
    return true;
  });
  if (!root.ok) {
    return <RefusalState what="The root credential is not shown." refusal={root.refusal} />;
  }
  const accessKey = root.data?.access_key ?? "";
  return (
    <>
      <Container
        header={
          <RootHeader
            mount={mount}
            canRotate={accessKey !== ""}
            onRotate={() => setRotating(true)}
          />
        }
      >
        <SpaceBetween size="l">
          <RootFacts root={root.data} />
          <KeyValue
            columns={1}
            facts={[
              {
                label: "User-name template",
                value:
                  root.data === null ? "the default" : <code>{root.data.username_template}</code>,
              },
            ]}
          />
        </SpaceBetween>
      </Container>
      {isRotating && (
        <ActionModal
          title="Rotate the root credential"
          label={`Replace ${accessKey}`}
          refusedText="The stored access key is unchanged."
          change={change}
          onRun={() => change.run({ mount: mount.path, accessKey })}
          onClose={() => setRotating(false)}
        >
          <Box variant="p">
            AWS makes a second access key for the same IAM user, this mount takes it into use, and{" "}
            <code>{accessKey}</code> is deleted once AWS knows the new one everywhere, which takes
            up to half a minute. Nobody but this server knows the new secret. Whatever else still
            uses <code>{accessKey}</code> stops working; leases and the credentials under them do
            not.
          </Box>
        </ActionModal>
      )}
    </>
  );
}

function RootHeader({
  mount,
  canRotate,
  onRotate,
}: {
  mount: AwsMount;
  canRotate: boolean;
  onRotate: () => void;
}) {
  const follow = useFollow();
  return (
    <Header
      variant="h2"
      description={<ObjectPath path={`${mount.path}config/root`} />}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button
            onClick={onRotate}
            disabled={!canRotate}
            disabledReason="The host's own credentials are not this mount's to rotate."
          >
            Rotate
          </Button>
          <Button href={secretsHref.root(mount.accessor)} onFollow={follow}>
            Edit
          </Button>
        </SpaceBetween>
      }
    >
      Root credential
    </Header>
  );
}

function RootFacts({ root }: { root: RootConfig | null }) {
  const accessKey = root?.access_key ?? "";
  return (
    <KeyValue
      facts={[
        {
          label: "Works as",
          value: accessKey === "" ? "the host's own AWS credentials" : "an IAM user of its own",
        },
        {
          label: "Access key id",
          value: accessKey === "" ? "" : <CopyId value={accessKey} what="access key id" />,
        },
        { label: "Secret access key", value: accessKey === "" ? "" : "stored, never shown" },
        { label: "Region", value: root?.region ?? "" },
        { label: "STS endpoint", value: firstSet(root?.sts_endpoint, "AWS's own") },
        { label: "STS region", value: firstSet(root?.sts_region, root?.region) },
        { label: "IAM endpoint", value: firstSet(root?.iam_endpoint, "AWS's own") },
        {
          label: "Fallback STS endpoints",
          value: root?.sts_fallback_endpoints.join(", ") ?? "",
        },
      ]}
    />
  );
}

function firstSet(...texts: readonly (string | undefined)[]): string {
  return texts.find((text) => text !== undefined && text !== "") ?? "";
}
