"use client";

import Alert from "@cloudscape-design/components/alert";
import { CopyId } from "@/components/copy-id";

/** What the operator's policies lack, so that they know what to ask for. */
export function ForbiddenState({
  what,
  capability,
  path,
  requestId,
}: {
  /** What is not shown or done: "The leases are not shown." */
  what: string;
  capability: string;
  path: string;
  requestId: string;
}) {
  return (
    <Alert type="warning" header={what}>
      Your policies do not give the capability <code>{capability}</code> on <code>{path}</code>. Ask
      whoever manages policies here for it.
      {requestId !== "" && (
        <div>
          Request id <CopyId value={requestId} what="request id" />
        </div>
      )}
    </Alert>
  );
}
