"use client";

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { CopyId } from "@/components/copy-id";

/** What failed, whether anything changed, under which request id, and the way to try again. */
export function ErrorState({
  what,
  message,
  requestId,
  changed = "Nothing was changed.",
  onRetry,
}: {
  /** A sentence: "The leases could not be read." */
  what: string;
  message: string;
  requestId: string;
  changed?: string;
  onRetry?: () => void;
}) {
  return (
    <Alert
      type="error"
      header={what}
      action={onRetry && <Button onClick={onRetry}>Try again</Button>}
    >
      {message} {changed}
      {requestId !== "" && (
        <div>
          Request id <CopyId value={requestId} what="request id" />
        </div>
      )}
    </Alert>
  );
}
