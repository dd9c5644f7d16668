"use client";

import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Skeleton from "@cloudscape-design/components/skeleton";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Page } from "@/components/page";

const WIDTHS = ["62%", "48%", "71%", "55%", "66%"];

/** A page whose first read is under way: its frame, and lines about as long as those to come. */
export function PageSkeleton({
  title,
  above = [],
  lines = 5,
}: {
  title: string;
  above?: readonly { text: string; href: string }[];
  lines?: number;
}) {
  return (
    <Page title={title} above={above}>
      <Container header={<Header variant="h2">Loading</Header>}>
        <SpaceBetween size="m">
          {Array.from({ length: lines }, (_, line) => (
            <Skeleton key={line} width={WIDTHS[line % WIDTHS.length] ?? "60%"} />
          ))}
        </SpaceBetween>
      </Container>
    </Page>
  );
}
