"use client";

import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { Snippets } from "@/components/snippets";
import type { LastCheckpoint } from "@/lib/console/admin-integrity";

/** How to verify the log on a machine that trusts neither this server nor its database. */
export function OfflinePanel({ last }: { last: LastCheckpoint | null }) {
  const checkpoint = `checkpoint-${last?.number ?? 1}.json`;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="The verifier is one file that needs Node.js and nothing else. It names the first place that was altered."
        >
          Verify it elsewhere
        </Header>
      }
    >
      <Box variant="p">
        On a host of the server the log is written to a file; anywhere else, the file is held
        against a checkpoint and the public key that were kept.
      </Box>
      <Snippets
        snippets={[
          {
            id: "export",
            label: "On a host of the server",
            text: "npm run verify-audit -- --export audit.jsonl",
          },
          {
            id: "verify",
            label: "Anywhere else",
            text: `node verify-audit.mjs --bundle audit.jsonl --checkpoint ${checkpoint} --key public-key.pem`,
          },
        ]}
      />
    </Container>
  );
}
