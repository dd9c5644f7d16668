"use client";

import { Fragment } from "react";
import { Follow } from "@/components/follow-link";

/** Names of policies, each to its page. */
export function PolicyLinks({ names }: { names: readonly string[] }) {
  if (names.length === 0) return "none but default";
  return names.map((name, index) => (
    <Fragment key={name}>
      {index > 0 && ", "}
      <Follow href={`/policies/${encodeURIComponent(name)}`}>{name}</Follow>
    </Fragment>
  ));
}
