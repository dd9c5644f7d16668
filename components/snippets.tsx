"use client";

import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";

/** The same thing for several clients, each to be copied. */
export function Snippets({
  snippets,
}: {
  snippets: readonly { id: string; label: string; text: string }[];
}) {
  return (
    <Tabs
      ariaLabel="Clients"
      tabs={snippets.map(({ id, label, text }) => ({
        id,
        label,
        content: (
          <SpaceBetween size="s">
            <pre className="snippet" tabIndex={0} aria-label={label}>
              {text}
            </pre>
            <CopyToClipboard
              copyButtonText="Copy"
              copyButtonAriaLabel={`Copy for ${label}`}
              textToCopy={text}
              copySuccessText="Copied"
              copyErrorText="The browser did not let it be copied"
            />
          </SpaceBetween>
        ),
      }))}
    />
  );
}
