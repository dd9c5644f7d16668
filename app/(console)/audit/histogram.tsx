"use client";

import BarChart from "@cloudscape-design/components/bar-chart";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import type { UseQueryResult } from "@tanstack/react-query";
import { barsOf, type BarOfTime, barText } from "@/app/(console)/audit/bars";
import { CountTable } from "@/app/(console)/audit/count-table";
import { OUTCOME_TEXTS } from "@/app/(console)/audit/outcome";
import { Ago } from "@/components/ago";
import { durationText } from "@/components/duration-text";
import { usePreferences } from "@/components/preferences";
import { RefusalState } from "@/components/refusal-state";
import { type AuditHistogram, OUTCOMES } from "@/lib/console/audit";
import { ReadRefused } from "@/lib/console/get-json";
import { failed } from "@/lib/console/refusal";

type Narrow = (from: string, to: string) => void;

/** Entries by time and outcome, over everything that the filter matches. */
export function Histogram({
  query,
  onNarrow,
}: {
  query: UseQueryResult<AuditHistogram>;
  onNarrow: Narrow;
}) {
  const { data, error, isFetching, refetch } = query;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={
            data && (
              <>
                Counted by the server over all entries of the filter, <Ago at={data.as_of} />.
              </>
            )
          }
        >
          Entries by outcome
        </Header>
      }
    >
      {error !== null && (
        <RefusalState
          what="The counts are not shown."
          refusal={
            error instanceof ReadRefused ? error.refusal : failed("", "The server did not answer.")
          }
          onRetry={() => void refetch()}
        />
      )}
      {data !== undefined && error === null && <Bars histogram={data} onNarrow={onNarrow} />}
      {data === undefined && isFetching && (
        <div className="audit-chart">
          <Box textAlign="center" padding="xxl">
            <Spinner /> Counting
          </Box>
        </div>
      )}
    </Container>
  );
}

const HEIGHT_PX = 150;
/** Labels below the chart; each is as wide as a few bars. */
const TICKS_MAX = 6;

function Bars({ histogram, onNarrow }: { histogram: AuditHistogram; onNarrow: Narrow }) {
  const { zone } = usePreferences().preferences;
  const bars = barsOf(histogram);
  const used = OUTCOMES.filter((outcome) => bars.some((bar) => bar[outcome] > 0));
  const every = Math.ceil(bars.length / TICKS_MAX);
  const places = new Map(bars.map(({ at }, place) => [at, place]));
  const width = durationText(histogram.histogram.width_seconds);
  const one = (at: string): BarOfTime | undefined => bars[places.get(at) ?? -1];
  return (
    <SpaceBetween size="xs">
      <BarChart
        ariaLabel={`Entries by outcome, in bars of ${width}`}
        height={HEIGHT_PX}
        stackedBars
        hideFilter
        xScaleType="categorical"
        xDomain={bars.map(({ at }) => at)}
        series={used.map((outcome) => ({
          title: OUTCOME_TEXTS[outcome],
          type: "bar" as const,
          data: bars.map((bar) => ({ x: bar.at, y: bar[outcome] })),
        }))}
        xTickFormatter={(at) =>
          (places.get(at) ?? 0) % every === 0 ? barText(at, histogram, zone) : ""
        }
        detailPopoverFooter={(at) => (
          <Button variant="inline-link" onClick={() => narrowTo(one(at), onNarrow)}>
            Show only these {width}
          </Button>
        )}
        empty={<Box textAlign="center">No entry in this range</Box>}
      />
      <ExpandableSection headerText="Counts as a table" headingTagOverride="h3">
        <CountTable bars={bars} outcomes={used} onNarrow={(bar) => narrowTo(bar, onNarrow)} />
      </ExpandableSection>
    </SpaceBetween>
  );
}

function narrowTo(bar: BarOfTime | undefined, onNarrow: Narrow): void {
  if (bar !== undefined) onNarrow(bar.at, bar.until);
}
