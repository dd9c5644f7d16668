"use client";

import Box from "@cloudscape-design/components/box";
import LineChart from "@cloudscape-design/components/line-chart";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { ChartTable } from "@/app/(console)/overview/chart-table";
import {
  CHART_STRINGS,
  countTick,
  rangeText,
  useChartTimes,
} from "@/app/(console)/overview/chart-words";
import { Tile } from "@/app/(console)/overview/tile";
import { Ago } from "@/components/ago";
import { Follow } from "@/components/follow-link";
import type { Read } from "@/lib/console/operator";
import type { Overview } from "@/lib/console/overview";
import { leasesOfType, OVERVIEW_LINKS } from "@/lib/console/overview-links";
import { CREDENTIAL_WORDS } from "@/lib/console/secrets-words";
import type { CredentialType } from "@/lib/console/secrets-roles";

const TYPES: readonly CredentialType[] = [
  "assumed_role",
  "iam_user",
  "federation_token",
  "session_token",
];

/** Live leases by type, and how they went. */
export function LeasesTile({ overview }: { overview: Read<Overview> }) {
  return (
    <Tile
      title="Live leases"
      link={{ text: "Open leases", href: OVERVIEW_LINKS.leases }}
      what="Live leases are not shown."
      read={overview}
    >
      {(data) => (
        <SpaceBetween size="s">
          <Counts leases={data.leases} />
          <Trend trend={data.trend} />
        </SpaceBetween>
      )}
    </Tile>
  );
}

function Counts({ leases }: { leases: Overview["leases"] }) {
  return (
    <div>
      <Box variant="awsui-value-large" tagOverride="span">
        {leases.total.toLocaleString("en")}
      </Box>{" "}
      <Box variant="small" tagOverride="span">
        counted <Ago at={leases.as_of} />
      </Box>
      <div>
        {TYPES.map((type, index) => (
          <span key={type}>
            {index > 0 && " · "}
            <Follow href={leasesOfType(type)}>
              {(leases.by_type[type] ?? 0).toLocaleString("en")}{" "}
              {CREDENTIAL_WORDS[type].label.toLowerCase().replace("iam", "IAM")}
            </Follow>
          </span>
        ))}
      </div>
    </div>
  );
}

function Trend({ trend }: { trend: Overview["trend"] }) {
  const times = useChartTimes();
  const label = `Live leases by type, ${rangeText(trend)}`;
  const shown = TYPES.filter((type) => trend.leases.some(({ counts }) => (counts[type] ?? 0) > 0));
  const most = Math.max(1, ...trend.leases.flatMap(({ counts }) => Object.values(counts)));
  return (
    <>
      <LineChart
        height={140}
        hideFilter
        xScaleType="time"
        xDomain={[new Date(trend.from), new Date(trend.to)]}
        yDomain={[0, Math.ceil(most * 1.1)]}
        ariaLabel={label}
        i18nStrings={CHART_STRINGS}
        xTickFormatter={times.tick}
        yTickFormatter={countTick}
        series={shown.map((type) => ({
          type: "line" as const,
          title: CREDENTIAL_WORDS[type].label,
          data: trend.leases.map(({ at, counts }) => ({ x: new Date(at), y: counts[type] ?? 0 })),
        }))}
        empty={<Box textAlign="center">No lease in the {rangeText(trend)}</Box>}
      />
      <ChartTable
        label={label}
        columns={TYPES.map((type) => CREDENTIAL_WORDS[type].label)}
        rows={trend.leases.map(({ at, counts }) => ({
          at: times.row(new Date(at)),
          values: TYPES.map((type) => counts[type] ?? 0),
        }))}
      />
    </>
  );
}
