"use client";

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { PlainShell } from "@/components/plain-shell";

/** What is shown when a page's first read fails, most likely because the database does not answer. */
export default function PageError({ reset }: { error: Error; reset: () => void }) {
  return (
    <PlainShell>
      <Alert
        type="error"
        header="This page could not be read"
        action={<Button onClick={reset}>Try again</Button>}
      >
        The server answers, but something it needs does not. Its log says what.
      </Alert>
    </PlainShell>
  );
}
