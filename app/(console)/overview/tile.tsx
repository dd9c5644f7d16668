"use client";

import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Skeleton from "@cloudscape-design/components/skeleton";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { Follow } from "@/components/follow-link";
import { RefusalState } from "@/components/refusal-state";
import type { Read } from "@/lib/console/operator";

const WIDTHS = ["70%", "45%", "60%"];

/**
 * One part of the overview: what it found, or which capability its path needs. `undefined`: the first
 * read is under way; `null`: nobody answered it.
 */
export function Tile<T>({
  title,
  counter,
  link,
  what,
  read,
  children,
}: {
  title: string;
  counter?: string;
  /** To the list with the same filter. */
  link?: { text: string; href: string };
  /** "Jobs are not shown." */
  what: string;
  read: Read<T> | undefined | null;
  children: (data: T) => ReactNode;
}) {
  return (
    <Container
      fitHeight
      header={
        <Header
          variant="h2"
          {...(counter !== undefined && { counter })}
          actions={link && <Follow href={link.href}>{link.text}</Follow>}
        >
          {title}
        </Header>
      }
    >
      <Content what={what} read={read}>
        {children}
      </Content>
    </Container>
  );
}

function Content<T>({
  what,
  read,
  children,
}: {
  what: string;
  read: Read<T> | undefined | null;
  children: (data: T) => ReactNode;
}) {
  if (read === null) return <Box color="text-status-error">{what} The server did not answer.</Box>;
  if (read === undefined) {
    return (
      <SpaceBetween size="s">
        {WIDTHS.map((width) => (
          <Skeleton key={width} width={width} />
        ))}
      </SpaceBetween>
    );
  }
  return read.ok ? children(read.data) : <RefusalState what={what} refusal={read.refusal} />;
}
