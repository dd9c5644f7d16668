"use client";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";

/** One object or change in three languages; see `asCode` of lib/console/as-code.ts. */
export type Code = { vault: string; curl: string; terraform: string };

const TABS = [
  ["vault", "vault command"],
  ["curl", "curl"],
  ["terraform", "Terraform"],
] as const;

/** A button that shows what the page shows or does as `vault` command, as curl and as Terraform. */
export function ShowAsCode({ code }: { code: Code }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button iconName="script" onClick={() => setOpen(true)}>
        Show as code
      </Button>
      <Modal
        visible={isOpen}
        size="large"
        header="Show as code"
        closeAriaLabel="Close"
        onDismiss={() => setOpen(false)}
      >
        <Tabs
          tabs={TABS.map(([id, label]) => ({
            id,
            label,
            content: <Snippet text={code[id]} label={label} />,
          }))}
        />
      </Modal>
    </>
  );
}

function Snippet({ text, label }: { text: string; label: string }) {
  return (
    <SpaceBetween size="s">
      <pre className="snippet">{text}</pre>
      <Box float="right">
        <CopyToClipboard
          copyButtonText="Copy"
          copyButtonAriaLabel={`Copy as ${label}`}
          textToCopy={text}
          copySuccessText="Copied"
          copyErrorText="The browser did not let it be copied"
        />
      </Box>
    </SpaceBetween>
  );
}
