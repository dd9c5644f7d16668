"use client";

import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useState } from "react";
import { VerdictStatus } from "@/app/(console)/validator/verdict-status";
import { STATUS_WORDS } from "@/app/(console)/validator/verdict-words";
import { Ago } from "@/components/ago";
import { Arn } from "@/components/arn";
import { durationText } from "@/components/duration-text";
import { EmptyState } from "@/components/empty-state";
import { Follow } from "@/components/follow-link";
import { useUrlState } from "@/components/url-state";
import { secretsHref } from "@/lib/console/secrets-roles";
import { Status, type VerdictPage, type VerdictRow } from "@/lib/console/validator";
import { isFiltered, type ValidatorAddress } from "@/lib/console/validator-address";

export type MountLink = { path: string; accessor: string };

type Props = {
  page: VerdictPage;
  address: ValidatorAddress;
  mounts: readonly MountLink[];
  isLoading: boolean;
  onOpen: (row: VerdictRow) => void;
};

/** Identity of a row among the others. */
export function rowKey({ mount, role, target_arn: target }: VerdictRow): string {
  return `${mount} ${role} ${target}`;
}

/** Roles and their targets, the worst first. */
export function VerdictTable({ page, address, mounts, isLoading, onOpen }: Props) {
  const { counts } = page;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return (
    <Table
      variant="container"
      items={page.rows}
      trackBy={rowKey}
      wrapLines
      loading={isLoading}
      loadingText="Loading verdicts"
      columnDefinitions={columns(mounts, onOpen)}
      header={
        <Header variant="h2" counter={`(${total})`} description={<Counts counts={counts} />}>
          Roles and targets
        </Header>
      }
      filter={<Filters address={address} mounts={mounts} />}
      footer={<Steps next={page.next_cursor} />}
      empty={<Nothing address={address} />}
    />
  );
}

function Counts({ counts }: { counts: VerdictPage["counts"] }) {
  const texts = [...Status.options]
    .reverse()
    .map((status) => `${counts[status]} ${STATUS_WORDS[status].text.toLowerCase()}`);
  return <>{texts.join(", ")}</>;
}

function Filters({ address, mounts }: Pick<Props, "address" | "mounts">) {
  const [q, setQ] = useUrlState("q", "", { server: true });
  const [status, setStatus] = useUrlState("status", "", { server: true });
  const [mount, setMount] = useUrlState("mount", "", { server: true });
  const [text, setText] = useState(q);
  const statuses = [
    { value: "", label: "Any verdict" },
    ...[...Status.options].reverse().map((value) => ({ value, label: STATUS_WORDS[value].text })),
  ];
  const paths = [
    { value: "", label: "All mounts" },
    ...mounts.map(({ path }) => ({ value: path, label: path })),
  ];
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <TextFilter
        filteringText={text}
        filteringPlaceholder="Find by role, ARN or code"
        filteringAriaLabel="Find by role, ARN or code"
        onChange={({ detail }) => setText(detail.filteringText)}
        onDelayedChange={({ detail }) => setQ(detail.filteringText)}
      />
      <Select
        ariaLabel="Verdict"
        options={statuses}
        selectedOption={statuses.find(({ value }) => value === status) ?? null}
        onChange={({ detail }) => setStatus(detail.selectedOption.value ?? "")}
      />
      <Select
        ariaLabel="Mount"
        options={paths}
        selectedOption={
          paths.find(({ value }) => value === mount) ?? { value: mount, label: address.mount }
        }
        onChange={({ detail }) => setMount(detail.selectedOption.value ?? "")}
      />
    </SpaceBetween>
  );
}

function Steps({ next }: { next: string | null }) {
  const [cursor, setCursor] = useUrlState("cursor", "", { server: true });
  if (cursor === "" && next === null) return null;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button disabled={cursor === ""} onClick={() => setCursor("")}>
        First page
      </Button>
      <Button disabled={next === null} onClick={() => setCursor(next ?? "")}>
        Next page
      </Button>
    </SpaceBetween>
  );
}

function Nothing({ address }: { address: ValidatorAddress }) {
  if (isFiltered(address)) {
    return (
      <EmptyState
        title="No role matches the filter"
        action={<Follow href="/validator">Show all roles</Follow>}
      />
    );
  }
  return (
    <EmptyState
      title="No secrets role yet"
      action={<Follow href={secretsHref.mounts}>Go to the AWS secrets mounts</Follow>}
      snippet={
        "vault write aws/roles/app \\\n    credential_type=assumed_role \\\n    role_arns=arn:aws:iam::111111111111:role/app"
      }
    >
      A role is judged within seconds of being saved.
    </EmptyState>
  );
}

function columns(
  mounts: readonly MountLink[],
  onOpen: (row: VerdictRow) => void,
): TableProps.ColumnDefinition<VerdictRow>[] {
  return [
    {
      id: "status",
      minWidth: 115,
      header: "Verdict",
      cell: ({ status }) => <VerdictStatus status={status} />,
    },
    {
      id: "role",
      minWidth: 170,
      header: "Role",
      isRowHeader: true,
      cell: (row) => <RoleLink row={row} mounts={mounts} />,
    },
    {
      id: "more",
      minWidth: 90,
      header: "Action",
      cell: (row) => (
        <Button
          variant="inline-link"
          ariaLabel={`Details of ${row.role} ${row.target_arn}`}
          onClick={() => onOpen(row)}
        >
          Details
        </Button>
      ),
    },
    {
      id: "target",
      minWidth: 230,
      header: "Target",
      cell: ({ target_arn: arn }) => (arn === "" ? "the role itself" : <Arn arn={arn} short />),
    },
    { id: "ttl", minWidth: 110, header: "Our TTL", cell: (row) => <OurTtls row={row} /> },
    { id: "limit", minWidth: 110, header: "AWS grants", cell: (row) => <AwsLimit row={row} /> },
    { id: "trust", minWidth: 100, header: "Trust", cell: (row) => <Trust row={row} /> },
    { id: "found", minWidth: 230, header: "What is found", cell: (row) => <Worst row={row} /> },
  ];
}

function RoleLink({ row, mounts }: { row: VerdictRow; mounts: readonly MountLink[] }) {
  const accessor = mounts.find(({ path }) => path === row.mount)?.accessor;
  const text = `${row.mount}roles/${row.role}`;
  if (accessor === undefined) return <>{text}</>;
  return <Follow href={secretsHref.role(accessor, row.role)}>{text}</Follow>;
}

function OurTtls({ row }: { row: VerdictRow }) {
  if (row.default_ttl === null || row.max_ttl === null) return "by lease";
  return (
    <>
      {durationText(row.default_ttl)}, at most {durationText(row.max_ttl)}
      {!row.max_ttl_is_set && " (the mount's)"}
    </>
  );
}

function AwsLimit({ row }: { row: VerdictRow }) {
  if (row.default_ttl === null) return "none";
  if (row.target_arn === "" && row.aws_limit === null) return "–";
  if (row.aws_limit === null) return "not known";
  const told = row.results.find(({ evidence }) => evidence.method === "get_role");
  return (
    <>
      {durationText(row.aws_limit)}
      {told !== undefined && (
        <span className="dim">
          {" "}
          (<Ago at={told.evidence.at} />)
        </span>
      )}
    </>
  );
}

function Trust({ row }: { row: VerdictRow }) {
  const found = row.results.filter(({ code }) => code.startsWith("trust."));
  if (row.target_arn === "") return "–";
  if (found.length === 0) return "not known";
  return <>{found.map(({ code }) => code.replace("trust.", "").replaceAll("_", " ")).join(", ")}</>;
}

function Worst({ row }: { row: VerdictRow }) {
  return <>{row.results.find(({ status }) => status === row.status)?.text}</>;
}
