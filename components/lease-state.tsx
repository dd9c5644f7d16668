"use client";

import StatusIndicator, {
  type StatusIndicatorProps,
} from "@cloudscape-design/components/status-indicator";

/** What has become of a lease, and whether its credential may still work at AWS. */
export type LeaseStateName =
  | "active"
  | "expiring"
  | "revoking"
  | "stuck"
  | "irrevocable"
  | "ended"
  | "expired"
  | "revoked"
  | "forced"
  | "valid_at_aws";

const STATES: Readonly<Record<LeaseStateName, [StatusIndicatorProps.Type, string]>> = {
  active: ["success", "Active"],
  expiring: ["pending", "Ends soon"],
  revoking: ["in-progress", "Being revoked"],
  stuck: ["warning", "Revocation fails"],
  irrevocable: ["error", "Cannot be revoked"],
  ended: ["stopped", "Ended"],
  expired: ["stopped", "Expired"],
  revoked: ["stopped", "Revoked"],
  forced: ["warning", "Forgotten"],
  valid_at_aws: ["warning", "Ended here, valid at AWS"],
};

/** The state of a lease, in a word and a shape. */
export function LeaseState({ state }: { state: LeaseStateName }) {
  const [type, text] = STATES[state];
  return <StatusIndicator type={type}>{text}</StatusIndicator>;
}
