"use client";

import Alert from "@cloudscape-design/components/alert";
import Link from "@cloudscape-design/components/link";
import { ErrorState } from "@/components/error-state";
import { ForbiddenState } from "@/components/forbidden-state";

type Refusal = {
  kind: "forbidden" | "not_found" | "unavailable" | "failed" | "signed_out";
  message: string;
  requestId: string;
  capability: string;
  path: string;
};

/** Why something is not shown or was not done, as the API told it. */
export function RefusalState({
  what,
  refusal,
  onRetry,
}: {
  /** "The leases are not shown." */
  what: string;
  refusal: Refusal;
  onRetry?: () => void;
}) {
  if (refusal.kind === "forbidden") return <ForbiddenState what={what} {...refusal} />;
  if (refusal.kind === "signed_out") {
    return (
      <Alert type="info" header="You are signed out" action={<Link href="/login">Sign in</Link>}>
        Your session has ended. Nothing was changed.
      </Alert>
    );
  }
  return (
    <ErrorState
      what={what}
      message={refusal.message}
      requestId={refusal.requestId}
      {...(onRetry && refusal.kind !== "not_found" && { onRetry })}
    />
  );
}
