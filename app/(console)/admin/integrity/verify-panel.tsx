"use client";

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Ago } from "@/components/ago";
import { KeyValue } from "@/components/key-value";
import {
  type Defect,
  type Integrity,
  integrityQuery,
  placeOf,
  type RangeHours,
  RANGES,
} from "@/lib/console/admin-integrity";
import { ReadRefused } from "@/lib/console/get-json";

const OPTIONS = Object.entries(RANGES).map(([value, label]) => ({ value, label }));

/** Verifies a range when it is asked to, and says what was found. */
export function VerifyPanel({ initial }: { initial: Integrity }) {
  const [hours, setHours] = useState<RangeHours>("1");
  const query = useQuery({
    ...integrityQuery(hours),
    enabled: false,
    ...(hours === "1" && { initialData: initial }),
  });
  const { data, error, isFetching } = query;
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Select
                ariaLabel="What is verified"
                selectedOption={{ value: hours, label: RANGES[hours] }}
                options={OPTIONS}
                onChange={({ detail }) => setHours(hoursOf(detail.selectedOption.value))}
              />
              <Button loading={isFetching} onClick={() => void query.refetch()}>
                Verify now
              </Button>
            </SpaceBetween>
          }
        >
          Verification
        </Header>
      }
    >
      <SpaceBetween size="m">
        {error !== null && (
          <Alert type="error" header="Nothing was verified">
            {error instanceof ReadRefused ? error.refusal.message : "The server did not answer."}
          </Alert>
        )}
        {data === undefined ? (
          <StatusIndicator type={isFetching ? "loading" : "pending"}>
            {isFetching ? "Reading the log and hashing it" : "Not verified yet in this range"}
          </StatusIndicator>
        ) : (
          <Found data={data} />
        )}
      </SpaceBetween>
    </Container>
  );
}

function hoursOf(value: string | undefined): RangeHours {
  return value === "6" || value === "24" ? value : "1";
}

function Found({ data }: { data: Integrity }) {
  const { intact, defects, verified_by_server: own } = data;
  return (
    <SpaceBetween size="m">
      {!intact && (
        <Alert type="error" header="The log was altered">
          What stands in the log is not what was written. Keep the last checkpoint, and a copy of
          the database, before anything else is done.
        </Alert>
      )}
      <KeyValue
        facts={[
          {
            label: "Result",
            value: (
              <StatusIndicator type={intact ? "success" : "error"}>
                {intact ? "Whole" : `Altered in ${defects.length} places`}
              </StatusIndicator>
            ),
          },
          { label: "Verified", value: <Ago at={data.verified_at} /> },
          { label: "Written since", value: <Ago at={data.from} /> },
          { label: "Entries read", value: data.rows.toLocaleString("en") },
          {
            label: "Batches",
            value: `${data.batches.toLocaleString("en")} of ${data.writers} writers`,
          },
          { label: "Checkpoints", value: data.checkpoints.toLocaleString("en") },
          { label: "Only their chain was read", value: data.retired.toLocaleString("en") },
          { label: "The server itself verified up to", value: <OwnResult own={own} /> },
        ]}
      />
      {!intact && <Defects defects={defects} />}
    </SpaceBetween>
  );
}

function OwnResult({ own }: { own: Integrity["verified_by_server"] }) {
  if (own === null) return "not yet";
  const upTo = own.verified_to === null ? "nothing" : <Ago at={own.verified_to} />;
  if (own.defects === 0) return upTo;
  return (
    <StatusIndicator type="error">
      {upTo}, then {own.defects} defects
    </StatusIndicator>
  );
}

function Defects({ defects }: { defects: readonly Defect[] }) {
  return (
    <Table
      variant="embedded"
      wrapLines
      items={defects}
      ariaLabels={{ tableLabel: "Places where the log was altered" }}
      columnDefinitions={[
        { id: "place", header: "Place", isRowHeader: true, cell: (defect) => placeOf(defect) },
        { id: "what", header: "What is wrong", cell: ({ what }) => what },
      ]}
    />
  );
}
