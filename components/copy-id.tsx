"use client";

import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";

/** An identifier in full, with a button that copies it. `what`: "lease id", "accessor". */
export function CopyId({ value, what, shown }: { value: string; what: string; shown?: string }) {
  return (
    <CopyToClipboard
      variant="inline"
      textToCopy={value}
      textToDisplay={<code>{shown ?? value}</code>}
      copyButtonAriaLabel={`Copy ${what} ${value}`}
      copySuccessText="Copied"
      copyErrorText="The browser did not let it be copied"
    />
  );
}
