"use client";

import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { CopyId } from "@/components/copy-id";
import { KeyValue } from "@/components/key-value";
import type { AuditRequest } from "@/lib/console/audit";

/** Where in the log an entry stands, and the hash that covers it. */
export function EntryChain({ entry }: { entry: AuditRequest }) {
  return (
    <SpaceBetween size="s">
      <Header
        variant="h3"
        description="Each batch’s hash covers its entries and the batch before: to change an entry is to break the chain."
      >
        Proof
      </Header>
      {entry.entries.map(({ writer, seq, kind, chain }) => (
        <KeyValue
          key={`${writer} ${seq}`}
          columns={4}
          facts={[
            { label: "Sequence", value: `${seq} (${kind})` },
            { label: "Writer", value: <CopyId value={writer} what="writer" /> },
            {
              label: "Batch",
              value:
                chain &&
                `${chain.batch}: entries ${chain.first_seq} to ${chain.first_seq + chain.count - 1}`,
            },
            {
              label: "Hash of the batch",
              value: chain ? (
                <CopyId value={chain.hash} what="hash of the batch" />
              ) : (
                <Box>no batch holds it</Box>
              ),
            },
          ]}
        />
      ))}
    </SpaceBetween>
  );
}
