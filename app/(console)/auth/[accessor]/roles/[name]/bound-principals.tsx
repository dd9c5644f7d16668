"use client";

import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { Arn } from "@/components/arn";
import { CopyId } from "@/components/copy-id";
import { EmptyState } from "@/components/empty-state";
import { readArn } from "@/lib/console/arn-reading";
import type { RoleValues } from "@/lib/console/auth-role-form";
import type { AuthRole } from "@/lib/console/auth-roles";

type Row = { arn: string; what: string; uniqueId: string; isStored: boolean };

/** The principals that the role binds, with what they are and the unique ids that stand for them. */
export function BoundPrincipals({
  stored,
  values,
  onChange,
  onRebind,
}: {
  stored: AuthRole | null;
  values: RoleValues;
  onChange: (changed: Partial<RoleValues>) => void;
  onRebind: () => void;
}) {
  const arns = values.bound_iam_principal_arn;
  const rows = rowsOf(stored, values);
  const canRebind = rows.some(({ uniqueId, isStored }) => isStored && uniqueId !== "");
  return (
    <Table
      variant="embedded"
      wrapLines
      items={rows}
      trackBy="arn"
      header={
        <Header
          variant="h3"
          counter={`(${arns.length})`}
          actions={
            canRebind && (
              <Button formAction="none" onClick={onRebind}>
                Look the unique ids up again
              </Button>
            )
          }
          {...(canRebind && {
            description:
              "A principal that was deleted and made again is refused until its id is looked up again.",
          })}
        >
          Bound
        </Header>
      }
      columnDefinitions={columns((arn) =>
        onChange({ bound_iam_principal_arn: arns.filter((other) => other !== arn) }),
      )}
      empty={<EmptyState title="Nobody is bound yet">Paste an ARN above.</EmptyState>}
    />
  );
}

function columns(onRemove: (arn: string) => void): TableProps<Row>["columnDefinitions"] {
  return [
    {
      id: "arn",
      header: "Principal",
      isRowHeader: true,
      minWidth: 220,
      cell: ({ arn }) => <Arn arn={arn} />,
    },
    { id: "what", header: "Who that is", cell: ({ what }) => what },
    { id: "id", header: "Unique id", cell: (row) => <UniqueId row={row} /> },
    {
      id: "remove",
      header: "Remove",
      minWidth: 110,
      cell: ({ arn }) => (
        <Button
          variant="inline-link"
          formAction="none"
          ariaLabel={`Remove ${arn}`}
          onClick={() => onRemove(arn)}
        >
          Remove
        </Button>
      ),
    },
  ];
}

function rowsOf(stored: AuthRole | null, values: RoleValues): Row[] {
  const ids = idsOf(stored);
  return values.bound_iam_principal_arn.map((arn) => {
    const reading = readArn(arn, values.resolve_aws_unique_ids);
    return {
      arn,
      what: reading.what,
      uniqueId: ids.get(arn) ?? "",
      isStored: stored?.bound_iam_principal_arn.includes(arn) ?? false,
    };
  });
}

/** The API lists ids in the order of the entries that have one: those without a wildcard. */
function idsOf(stored: AuthRole | null): Map<string, string> {
  const exact = stored?.bound_iam_principal_arn.filter((arn) => !arn.endsWith("*")) ?? [];
  const ids = stored?.bound_iam_principal_id ?? [];
  return new Map(
    ids.length === exact.length ? exact.map((arn, index) => [arn, ids[index] ?? ""]) : [],
  );
}

function UniqueId({ row }: { row: Row }) {
  if (row.uniqueId !== "") return <CopyId value={row.uniqueId} what="unique id" />;
  if (row.arn.endsWith("*")) return <>by its ARN, at each login</>;
  return <>{row.isStored ? "by its name" : "looked up when it is saved"}</>;
}
