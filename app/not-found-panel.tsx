"use client";

import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import { PlainShell } from "@/components/plain-shell";

/** There is no page at this address. */
export function NotFound() {
  return (
    <PlainShell>
      <div className="narrow">
        <Header variant="h1">There is no such page</Header>
        <Box variant="p">
          The address may be mistyped, or what it named is gone.{" "}
          <Link href="/">To the overview</Link>
        </Box>
      </div>
    </PlainShell>
  );
}
