"use client";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import {
  CREDENTIAL_FORMATS,
  type CredentialSecret,
  formatCredential,
} from "@/lib/console/credential-formats";

type Format = (typeof CREDENTIAL_FORMATS)[number];

/** Puts the credential on the clipboard, in the form that its user takes. */
export function CopyCredential({ secret, profile }: { secret: CredentialSecret; profile: string }) {
  const [told, setTold] = useState<{ isCopied: boolean; text: string } | null>(null);
  const copy = ({ id, label }: Format) => {
    // Browsers offer the clipboard to pages under https and on this machine only.
    const written = Promise.resolve().then(() =>
      navigator.clipboard.writeText(formatCredential(secret, id, profile)),
    );
    written.then(
      () => setTold({ isCopied: true, text: `Copied: ${label}` }),
      () => setTold({ isCopied: false, text: "The browser did not let it be copied." }),
    );
  };
  return (
    <SpaceBetween size="xs">
      <Box variant="awsui-key-label">Copy as</Box>
      <SpaceBetween direction="horizontal" size="xs">
        {CREDENTIAL_FORMATS.map((format) => (
          <Button key={format.id} iconName="copy" onClick={() => copy(format)}>
            {format.label}
          </Button>
        ))}
      </SpaceBetween>
      <div aria-live="polite">
        {told !== null && (
          <StatusIndicator type={told.isCopied ? "success" : "error"}>{told.text}</StatusIndicator>
        )}
      </div>
    </SpaceBetween>
  );
}
