"use client";

import Alert from "@cloudscape-design/components/alert";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { AwsTable } from "@/app/(console)/admin/health/aws-table";
import { FigureTable } from "@/app/(console)/admin/health/figure-table";
import { InstanceTable } from "@/app/(console)/admin/health/instance-table";
import { MetricsAddress } from "@/app/(console)/admin/health/metrics-address";
import { Ago } from "@/components/ago";
import { Page } from "@/components/page";
import { RefusalState } from "@/components/refusal-state";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import { figuresOf, type Health } from "@/lib/console/admin-health";
import { healthQuery } from "@/lib/console/admin-queries";
import { ReadRefused } from "@/lib/console/get-json";
import type { Read } from "@/lib/console/operator";

type Props = { initial: Read<Health>; metricsUrl: string; code: Code };

/** How the installation does, figure by figure, while one looks. */
export function HealthPage({ initial, metricsUrl, code }: Props) {
  const router = useRouter();
  return (
    <Page
      title="Health"
      apiPath="sys/leasehold/health"
      description="Each figure with what is normal and what to do when it is not. Read again every 5 s while this page is in view."
      actions={<ShowAsCode code={code} />}
    >
      {initial.ok ? (
        <Figures initial={initial.data} metricsUrl={metricsUrl} />
      ) : (
        <RefusalState
          what="The figures are not shown."
          refusal={initial.refusal}
          onRetry={() => router.refresh()}
        />
      )}
    </Page>
  );
}

function Figures({ initial, metricsUrl }: { initial: Health; metricsUrl: string }) {
  const { data, error } = useQuery({ ...healthQuery, initialData: initial });
  const figures = figuresOf(data);
  const bad = figures.filter(({ verdict }) => verdict === "error" || verdict === "warning");
  return (
    <SpaceBetween size="l">
      {error !== null && (
        <Alert type="error" header="The figures are not followed any more">
          Those below are of <Ago at={data.as_of} />.{" "}
          {error instanceof ReadRefused ? error.refusal.message : "The server does not answer."}
        </Alert>
      )}
      {bad.map(({ id, label, value, verdict, action }) => (
        <Alert
          key={id}
          type={verdict === "error" ? "error" : "warning"}
          header={`${label}: ${value}`}
        >
          {action}
        </Alert>
      ))}
      <FigureTable figures={figures} asOf={data.as_of} />
      <InstanceTable instances={data.instances} asOf={data.as_of} />
      <AwsTable services={data.aws} />
      <MetricsAddress url={metricsUrl} />
    </SpaceBetween>
  );
}
