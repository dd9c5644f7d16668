"use client";

import { CopyId } from "@/components/copy-id";

/**
 * An ARN: what is particular to it in full, the rest on one line with it where there is room. Other
 * texts (`*`, a unique id) are shown as they are.
 */
export function Arn({ arn, short = false }: { arn: string; short?: boolean }) {
  return <CopyId value={arn} what="ARN" shown={short ? shortForm(arn) : arn} />;
}

/** `arn:aws:iam::111111111111:role/app` → `111111111111:role/app`. */
function shortForm(arn: string): string {
  const [prefix, , , , account, ...resource] = arn.split(":");
  if (prefix !== "arn" || resource.length === 0) return arn;
  return account === "" ? resource.join(":") : `${account ?? ""}:${resource.join(":")}`;
}
