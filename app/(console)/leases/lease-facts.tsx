"use client";

import Link from "@cloudscape-design/components/link";
import { Ago } from "@/components/ago";
import { Arn } from "@/components/arn";
import { CopyId } from "@/components/copy-id";
import { useFollow } from "@/components/follow";
import { KeyValue } from "@/components/key-value";
import type { Lease } from "@/lib/console/leases";
import { typeText } from "@/lib/console/leases-words";
import { secretsHref } from "@/lib/console/secrets-roles";

/** Who holds a lease, and what it stands for. */
export function LeaseFacts({ lease, columns = 3 }: { lease: Lease; columns?: 2 | 3 }) {
  const follow = useFollow();
  const { accessor, mount_accessor: mount } = lease;
  return (
    <KeyValue
      columns={columns}
      facts={[
        { label: "Held by", value: lease.holder ?? "" },
        {
          label: "Principal",
          value: lease.principal === null ? "no AWS login" : <Arn arn={lease.principal} />,
        },
        {
          label: "Token",
          value:
            accessor === null ? (
              ""
            ) : (
              <Link href={`/tokens/${encodeURIComponent(accessor)}`} onFollow={follow}>
                {accessor}
              </Link>
            ),
        },
        {
          label: "Role",
          value:
            mount === null ? (
              `${lease.role} (its mount is gone)`
            ) : (
              <Link href={secretsHref.role(mount, lease.role)} onFollow={follow}>
                {lease.mount_path}
                {lease.role}
              </Link>
            ),
        },
        { label: "Type", value: typeText(lease.credential_type) },
        { label: "AWS account", value: lease.account ?? "not told by AWS" },
        {
          label: "Access key id",
          value:
            lease.access_key_id === null ? (
              ""
            ) : (
              <CopyId value={lease.access_key_id} what="access key id" />
            ),
        },
        ...identityFacts(lease),
        { label: "Issued", value: <Ago at={lease.issued_at} /> },
        { label: "Last renewed", value: <Ago at={lease.last_renewed_at} /> },
      ]}
    />
  );
}

function identityFacts(lease: Lease) {
  return [
    lease.user_name !== null && {
      label: "IAM user",
      value: <CopyId value={lease.user_name} what="user name" />,
    },
    lease.role_arn !== null && { label: "Role ARN", value: <Arn arn={lease.role_arn} /> },
    lease.session_name !== null && {
      label: "Session name",
      value: <CopyId value={lease.session_name} what="session name" />,
    },
    lease.aws_user_id !== null && {
      label: "AWS unique id",
      value: <CopyId value={lease.aws_user_id} what="unique id" />,
    },
  ].filter((fact) => fact !== false);
}
