"use client";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Ago } from "@/components/ago";
import { CopyId } from "@/components/copy-id";
import { KeyValue } from "@/components/key-value";
import type { LastCheckpoint } from "@/lib/console/admin-integrity";

/** The last signed checkpoint, and the files that prove the log elsewhere. */
export function CheckpointPanel({ last }: { last: LastCheckpoint | null }) {
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Keep one where nobody who can write to the database can: it proves all that was written before it."
          actions={last !== null && <Downloads last={last} />}
        >
          Last checkpoint
        </Header>
      }
    >
      {last === null ? (
        <Box color="text-body-secondary">
          None was signed yet. A process with the role “worker” signs the first one within seconds.
        </Box>
      ) : (
        <KeyValue
          columns={3}
          facts={[
            { label: "Number", value: last.number.toLocaleString("en") },
            { label: "Signed", value: <Ago at={last.at} /> },
            {
              label: "Covers",
              value: `${last.entries.toLocaleString("en")} entries of ${last.writers} writers`,
            },
            {
              label: "Root",
              value: <CopyId value={last.root} what="root" shown={short(last.root)} />,
            },
            { label: "Key", value: <CopyId value={last.key_id} what="key id" /> },
            {
              label: "Public key",
              value: <CopyId value={last.public_key} what="public key" shown="Ed25519, PEM" />,
            },
          ]}
        />
      )}
    </Container>
  );
}

function short(hash: string): string {
  return `${hash.slice(0, 16)}…`;
}

function Downloads({ last }: { last: LastCheckpoint }) {
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button
        iconName="download"
        href="/api/console/admin/integrity/checkpoint"
        download={`checkpoint-${last.number}.json`}
      >
        Checkpoint
      </Button>
      <Button
        iconName="download"
        href={`data:application/x-pem-file,${encodeURIComponent(last.public_key)}`}
        download="public-key.pem"
      >
        Public key
      </Button>
      <Button iconName="download" href="/verify-audit.mjs" download="verify-audit.mjs">
        Verifier
      </Button>
    </SpaceBetween>
  );
}
