"use client";

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Modal from "@cloudscape-design/components/modal";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { EXPORT_ENTRIES_MAX } from "@/lib/console/audit-export-limits";
import { type AuditAddress, filterParams } from "@/lib/console/audit-address";

const FORMATS = [
  {
    value: "jsonl",
    label: "JSONL",
    description: "Each entry as the chain of hashes covers it, one a line.",
  },
  {
    value: "csv",
    label: "CSV",
    description: "The columns of the list. Cells that a spreadsheet would run are marked as text.",
  },
];

/** Downloads exactly what the filter matches. */
export function ExportDialog({
  address,
  total,
  onClose,
}: {
  address: AuditAddress;
  total: number | null;
  onClose: () => void;
}) {
  const [format, setFormat] = useState("jsonl");
  const params = filterParams(address);
  params.set("format", format);
  const isTooMuch = total !== null && total > EXPORT_ENTRIES_MAX;
  return (
    <Modal
      visible
      header="Export the filtered entries"
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Close
            </Button>
            <Button
              variant="primary"
              iconName="download"
              href={`/api/console/audit/export?${params.toString()}`}
              download
              disabled={isTooMuch}
              disabledReason={`At most ${EXPORT_ENTRIES_MAX.toLocaleString("en")} entries at once: narrow the range`}
            >
              Download as {format === "csv" ? "CSV" : "JSONL"}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Box variant="p">
          {total === null
            ? "All entries"
            : `${total.toLocaleString("en")} entries, and those since,`}{" "}
          that match the filter when the download starts, oldest first, times in UTC.
        </Box>
        <FormField label="Format">
          <RadioGroup
            value={format}
            items={FORMATS}
            onChange={({ detail }) => setFormat(detail.value)}
          />
        </FormField>
        <Note />
      </SpaceBetween>
    </Modal>
  );
}

function Note() {
  return (
    <Alert type="info">
      The archive ends with a manifest: filter, count, first and last sequence number, and hashes. A
      download that broke off has none, and does not open. The export stands in the log.
    </Alert>
  );
}
