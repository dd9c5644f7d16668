"use client";

import ColumnLayout from "@cloudscape-design/components/column-layout";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Fixes } from "@/lib/console/attempts-fixes";

/** Who can mend a refused login, and how: on the client's side, and on the mount's. */
export function FixList({ client, admin, fixes }: { client: string; admin: string; fixes: Fixes }) {
  return (
    <ColumnLayout columns={2} minColumnWidth={260}>
      <Side title="For the client" advice={client} commands={fixes.client} />
      <Side title="For the admin" advice={admin} commands={fixes.admin} />
    </ColumnLayout>
  );
}

function Side({
  title,
  advice,
  commands,
}: {
  title: string;
  advice: string;
  commands: readonly string[];
}) {
  return (
    <SpaceBetween size="xs">
      <Header variant="h3">{title}</Header>
      <div className="measured">
        {advice === "" ? "Nothing can be mended on this side." : advice}
      </div>
      {commands.map((command) => (
        <SpaceBetween key={command} size="xxs">
          <pre className="snippet" tabIndex={0} aria-label={`Command ${title.toLowerCase()}`}>
            {command}
          </pre>
          <CopyToClipboard
            copyButtonText="Copy"
            copyButtonAriaLabel={`Copy the command ${title.toLowerCase()}`}
            textToCopy={command}
            copySuccessText="Copied"
            copyErrorText="The browser did not let it be copied"
          />
        </SpaceBetween>
      ))}
    </SpaceBetween>
  );
}
