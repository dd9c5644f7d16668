"use client";

import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import type { TableProps } from "@cloudscape-design/components/table";
import { Ago } from "@/components/ago";
import type { useFollow } from "@/components/follow";
import { LeaseState } from "@/components/lease-state";
import { type Lease, leaseHref } from "@/lib/console/leases";
import { awsIdentity, lastFour, shownState, typeText } from "@/lib/console/leases-words";
import { secretsHref } from "@/lib/console/secrets-roles";

export const COLUMN_LABELS = {
  lease: "Lease",
  state: "State",
  role: "Role",
  type: "Type",
  key: "Key id",
  principal: "Principal",
  ends: "Ends",
  issued: "Issued",
  identity: "AWS identity",
  renewable: "Renewable",
  token: "Token",
} as const;

type Surroundings = {
  now: number;
  follow: ReturnType<typeof useFollow>;
  onOpen: (leaseId: string) => void;
};

/** The columns of the list; sorted by what the API has an order for. */
export function leaseColumns(around: Surroundings): TableProps.ColumnDefinition<Lease>[] {
  const { now, follow } = around;
  return [
    {
      id: "lease",
      header: COLUMN_LABELS.lease,
      isRowHeader: true,
      cell: (lease) => <LeaseName lease={lease} {...around} />,
    },
    {
      id: "state",
      header: COLUMN_LABELS.state,
      cell: (lease) => <LeaseState state={shownState(lease, now)} />,
    },
    {
      id: "role",
      header: COLUMN_LABELS.role,
      cell: (lease) => <Role lease={lease} follow={follow} />,
    },
    {
      id: "type",
      header: COLUMN_LABELS.type,
      cell: (lease) => typeText(lease.credential_type),
    },
    {
      id: "identity",
      header: COLUMN_LABELS.identity,
      maxWidth: 220,
      cell: (lease) => <code>{shortArn(awsIdentity(lease)) || "–"}</code>,
    },
    {
      id: "key",
      header: COLUMN_LABELS.key,
      cell: ({ access_key_id: id }) => <code title={id ?? ""}>{lastFour(id)}</code>,
    },
    {
      id: "principal",
      header: COLUMN_LABELS.principal,
      maxWidth: 190,
      cell: (lease) => <code>{shortArn(lease.principal ?? lease.holder ?? "–")}</code>,
    },
    {
      id: "issued",
      header: COLUMN_LABELS.issued,
      sortingField: "issued",
      cell: (lease) => <Ago at={lease.issued_at} />,
    },
    { ...ENDS, sortingField: "ends" },
    {
      id: "renewable",
      header: COLUMN_LABELS.renewable,
      cell: ({ renewable }) => (renewable ? "Yes" : "No"),
    },
    {
      id: "token",
      header: COLUMN_LABELS.token,
      cell: ({ accessor }) => <Token accessor={accessor} follow={follow} />,
    },
  ];
}

const ENDS: TableProps.ColumnDefinition<Lease> = {
  id: "ends",
  header: COLUMN_LABELS.ends,
  cell: (lease) => <Ends lease={lease} />,
};

function LeaseName({ lease, follow, onOpen }: { lease: Lease } & Surroundings) {
  const { lease_id: id } = lease;
  return (
    <span className="nowrap">
      <Link href={leaseHref(id)} onFollow={follow}>
        …{id.slice(-8)}
      </Link>{" "}
      <Button
        variant="inline-icon"
        iconName="view-vertical"
        ariaLabel={`Show lease ${id} beside the list`}
        onClick={() => onOpen(id)}
      />
    </span>
  );
}

function Role({ lease, follow }: { lease: Lease; follow: Surroundings["follow"] }) {
  const { mount_path: path, mount_accessor: accessor, role } = lease;
  return (
    <>
      {accessor === null ? (
        role
      ) : (
        <Link href={secretsHref.role(accessor, role)} onFollow={follow}>
          {role}
        </Link>
      )}{" "}
      <span className="dim">{path ?? "mount is gone"}</span>
    </>
  );
}

/** When a lease ends or ended, and what sets it. */
function Ends({ lease }: { lease: Lease }) {
  if (lease.state === "ended") return <Ago at={lease.ended_at} />;
  if (lease.ends_by === "token") {
    return (
      <>
        <Ago at={lease.expires_at} />{" "}
        <span className="dim">
          its token <Ago at={lease.token_ends_at} />
        </span>
      </>
    );
  }
  return (
    <>
      <Ago at={lease.expires_at} />{" "}
      <span className="dim">{lease.ends_by === "aws_session" ? "AWS session" : "TTL"}</span>
    </>
  );
}

function Token({ accessor, follow }: { accessor: string | null; follow: Surroundings["follow"] }) {
  if (accessor === null) return <>–</>;
  return (
    <Link href={`/tokens/${encodeURIComponent(accessor)}`} onFollow={follow}>
      …{accessor.slice(-6)}
    </Link>
  );
}

/** `arn:aws:sts::111122223333:assumed-role/app/i-1` → `111122223333:assumed-role/app/i-1`. */
function shortArn(text: string): string {
  const [prefix, , , , ...rest] = text.split(":");
  return prefix === "arn" && rest.length > 1 ? rest.join(":") : text;
}
