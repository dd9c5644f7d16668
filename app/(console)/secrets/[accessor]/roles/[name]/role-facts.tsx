"use client";

import type { ReactNode } from "react";
import type { RoleProps } from "@/app/(console)/secrets/[accessor]/roles/[name]/role-page";
import { Arn } from "@/components/arn";
import { KeyValue } from "@/components/key-value";
import { Ttl } from "@/components/ttl";
import { credentialTypeOf, FIELDS_OF_TYPE, type SecretsRole } from "@/lib/console/secrets-roles";
import { CREDENTIAL_WORDS, leasesText } from "@/lib/console/secrets-words";

type Field = keyof SecretsRole;

const FACTS: readonly { field: Field; label: string; of: (role: SecretsRole) => ReactNode }[] = [
  { field: "role_arns", label: "Role ARNs", of: ({ role_arns }) => <Arns of={role_arns} /> },
  { field: "external_id", label: "External id", of: ({ external_id }) => external_id },
  {
    field: "session_tags",
    label: "Session tags",
    of: ({ session_tags }) => <Tags of={session_tags} />,
  },
  {
    field: "policy_arns",
    label: "Policy ARNs",
    of: ({ policy_arns }) => <Arns of={policy_arns} />,
  },
  { field: "iam_groups", label: "IAM groups", of: ({ iam_groups }) => iam_groups.join(", ") },
  { field: "iam_tags", label: "Tags of the user", of: ({ iam_tags }) => <Tags of={iam_tags} /> },
  { field: "user_path", label: "User path", of: ({ user_path }) => user_path },
  {
    field: "permissions_boundary_arn",
    label: "Permissions boundary",
    of: ({ permissions_boundary_arn: arn }) => (arn === "" ? "" : <Arn arn={arn} />),
  },
  {
    field: "mfa_serial_number",
    label: "MFA device",
    of: ({ mfa_serial_number }) => mfa_serial_number,
  },
  {
    field: "default_sts_ttl",
    label: "Default TTL",
    of: ({ default_sts_ttl }) => <Ttl seconds={default_sts_ttl} zero="not set" />,
  },
  {
    field: "max_sts_ttl",
    label: "Maximum TTL",
    of: ({ max_sts_ttl }) => <Ttl seconds={max_sts_ttl} zero="not set" />,
  },
];

/** What a role says, as far as its type has it. */
export function RoleFacts({ role, live }: RoleProps) {
  const type = credentialTypeOf(role);
  const own: readonly string[] =
    type === null ? FACTS.map(({ field }) => field) : FIELDS_OF_TYPE[type];
  return (
    <KeyValue
      columns={3}
      facts={[
        {
          label: "Type",
          value: type === null ? role.credential_type : CREDENTIAL_WORDS[type].label,
        },
        { label: "Ending it early", value: type === null ? "" : CREDENTIAL_WORDS[type].ends },
        { label: "Live leases", value: live === null ? "not told" : leasesText(live) },
        ...FACTS.filter(({ field }) => own.includes(field)).map(({ label, of }) => ({
          label,
          value: of(role),
        })),
      ]}
    />
  );
}

function Arns({ of }: { of: readonly string[] }) {
  if (of.length === 0) return "–";
  return of.map((arn) => (
    <div key={arn}>
      <Arn arn={arn} />
    </div>
  ));
}

function Tags({ of }: { of: Readonly<Record<string, string>> }) {
  const pairs = Object.entries(of);
  if (pairs.length === 0) return "–";
  return pairs.map(([key, value]) => (
    <div key={key}>
      <code>
        {key}={value}
      </code>
    </div>
  ));
}
