"use client";

import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import type { ReactNode } from "react";
import type { ChangeAddress } from "@/app/(console)/audit/audit-state";
import { callerOf, errorText } from "@/app/(console)/audit/entry-columns";
import { Outcome } from "@/app/(console)/audit/outcome";
import { Ago } from "@/components/ago";
import { CopyId } from "@/components/copy-id";
import { Follow } from "@/components/follow-link";
import { KeyValue } from "@/components/key-value";
import type { AuditRequest } from "@/lib/console/audit";
import { AUDIT_PROPERTIES, type AuditProperty, withCondition } from "@/lib/console/audit-address";
import { roleHref } from "@/lib/console/audit-links";
import { inertText } from "@/lib/console/inert-text";
import { leaseHref } from "@/lib/console/leases";
import { tokenHref } from "@/lib/console/tokens";

type FactOf = (
  label: string,
  property: AuditProperty,
  value: string | null,
  shown?: ReactNode,
) => { label: string; value: ReactNode };

/** What an entry tells, each value with a way to ask for it or to leave it out. */
export function EntryFacts({ entry, change }: { entry: AuditRequest; change: ChangeAddress }) {
  const fact: FactOf = (label, property, value, shown) => ({
    label,
    value:
      value === null || value === "" ? (
        ""
      ) : (
        <>
          {shown ?? inertText(value)}{" "}
          <ValueMenu label={label} property={property} value={value} change={change} />
        </>
      ),
  });
  return <KeyValue columns={3} facts={[...told(entry, fact), ...linked(entry, fact)]} />;
}

function told(entry: AuditRequest, fact: FactOf) {
  const { error, elapsed_ms: ms } = entry;
  return [
    fact("Outcome", "outcome", entry.outcome, <Outcome {...entry} />),
    { label: "Asked", value: <Ago at={entry.requested_at} /> },
    { label: "Answered", value: <Ago at={entry.answered_at} never="not answered" /> },
    fact("Principal or operator", "display_name", entry.display_name, callerOf(entry)),
    fact("Operation", "operation", entry.operation),
    fact("Path", "path", entry.path, <code>{inertText(entry.path)}</code>),
    fact("Source address", "remote_address", entry.remote_address),
    { label: "User agent", value: userAgentOf(entry) },
    { label: "Latency", value: ms === null ? "" : `${ms} ms` },
    fact("Error", "error", error === null ? null : firstLine(error), errorText(error)),
  ];
}

function linked(entry: AuditRequest, fact: FactOf) {
  const { role, lease_id: lease, accessor, request_id: request } = entry;
  const href = roleHref(entry);
  const link = (to: string | null, text: string | null): ReactNode =>
    to === null || text === null ? undefined : <Follow href={to}>{inertText(text)}</Follow>;
  return [
    fact("Role", "role", role, link(href, role)),
    fact("Lease", "lease_id", lease, lease !== null && link(leaseHref(lease), lease)),
    fact("Token", "accessor", accessor, accessor !== null && link(tokenHref(accessor), accessor)),
    {
      label: "Request id",
      value: request === null ? "" : <CopyId value={request} what="request id" />,
    },
  ];
}

/** What of an error finds it again: its text has lines, a condition has none. */
function firstLine(error: string): string {
  return (
    errorText(error)
      .split(/\\[nrt]/)[0]
      ?.trim() ?? ""
  );
}

function userAgentOf({ request }: AuditRequest): string {
  const headers = request?.["headers"];
  const agents: unknown =
    typeof headers === "object" && headers !== null ? Reflect.get(headers, "user-agent") : null;
  return Array.isArray(agents) ? inertText(agents.map(String).join(", ")) : "";
}

function ValueMenu({
  label,
  property,
  value,
  change,
}: {
  label: string;
  property: AuditProperty;
  value: string;
  change: ChangeAddress;
}) {
  const canExclude = AUDIT_PROPERTIES[property] !== "only";
  return (
    <span className="audit-value-menu">
      <ButtonDropdown
        variant="inline-icon"
        expandToViewport
        ariaLabel={`Filter by ${label.toLowerCase()}`}
        items={[
          { id: "only", text: "Only this" },
          ...(canExclude ? [{ id: "not", text: "Not this" }] : []),
        ]}
        onItemClick={({ detail }) =>
          change((now) => withCondition(now, { property, value, isExcluded: detail.id === "not" }))
        }
      />
    </span>
  );
}
