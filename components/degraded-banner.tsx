"use client";

import Alert from "@cloudscape-design/components/alert";
import type { ReactNode } from "react";

/** Something that does not work as it should, and what follows from it. */
export type Degradation = {
  id: string;
  type: "error" | "warning";
  header: string;
  consequence: ReactNode;
};

/** Above every page while something is degraded; it goes when it is over, and cannot be closed. */
export function DegradedBanner({ degradations }: { degradations: readonly Degradation[] }) {
  if (degradations.length === 0) return null;
  return (
    <section aria-label="What does not work as it should">
      {degradations.map(({ id, type, header, consequence }) => (
        <Alert key={id} type={type} header={header}>
          {consequence}
        </Alert>
      ))}
    </section>
  );
}
