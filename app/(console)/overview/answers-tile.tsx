"use client";

import BarChart from "@cloudscape-design/components/bar-chart";
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { ChartTable } from "@/app/(console)/overview/chart-table";
import {
  CHART_STRINGS,
  countTick,
  hoursOf,
  rangeText,
  useChartTimes,
} from "@/app/(console)/overview/chart-words";
import { Tile } from "@/app/(console)/overview/tile";
import { Ago } from "@/components/ago";
import type { Read } from "@/lib/console/operator";
import type { Bars, Overview } from "@/lib/console/overview";
import { auditOfPaths } from "@/lib/console/overview-links";

/** Colours that stand out from the page in both themes. */
const OUTCOMES = [
  ["success", "Succeeded", "#688ae8"],
  ["refused", "Refused", "#cc5f21"],
  ["denied", "Denied", "#d63f38"],
  ["failed", "Failed", "#8456ce"],
] as const;

/** Instants below the chart; each is as wide as several bars. */
const TICKS_MAX = 4;

const WORDS = {
  issues: {
    title: "Credentials asked for",
    what: "Requests for credentials are not shown.",
  },
  logins: { title: "Logins", what: "Logins are not shown." },
} as const;

/** How many of the logins, or of the requests for credentials, succeeded, and when the others did not. */
export function AnswersTile({
  overview,
  what,
}: {
  overview: Read<Overview>;
  what: keyof typeof WORDS;
}) {
  const words = WORDS[what];
  return (
    <Tile
      title={words.title}
      {...(overview.ok && { link: linkTo(overview.data, what) })}
      what={words.what}
      read={overview}
    >
      {({ trend }) => <Answers title={words.title} trend={trend} bars={trend[what]} />}
    </Tile>
  );
}

function linkTo({ paths, trend }: Overview, what: keyof typeof WORDS) {
  return { text: "Open in audit", href: auditOfPaths(paths[what], hoursOf(trend)) };
}

function Answers({ title, trend, bars }: { title: string; trend: Overview["trend"]; bars: Bars }) {
  const times = useChartTimes();
  const label = `${title} by outcome, ${rangeText(trend)}`;
  const all = everyBar(trend, bars);
  const places = new Map(all.map(({ at }, place) => [at, place]));
  const every = Math.ceil(all.length / TICKS_MAX);
  const happened = OUTCOMES.filter(([id]) => all.some(({ counts }) => (counts[id] ?? 0) > 0));
  return (
    <SpaceBetween size="s">
      <Rate trend={trend} bars={bars} />
      <BarChart
        height={140}
        hideFilter
        stackedBars
        xScaleType="categorical"
        xDomain={all.map(({ at }) => at)}
        ariaLabel={label}
        i18nStrings={CHART_STRINGS}
        xTickFormatter={(at) =>
          (places.get(at) ?? 0) % every === 0 ? times.tick(new Date(at)) : ""
        }
        yTickFormatter={countTick}
        series={happened.map(([id, name, color]) => ({
          type: "bar" as const,
          title: name,
          color,
          data: all.map(({ at, counts }) => ({ x: at, y: counts[id] ?? 0 })),
        }))}
        empty={<Box textAlign="center">None in the {rangeText(trend)}</Box>}
      />
      <ChartTable
        label={label}
        columns={OUTCOMES.map(([, name]) => name)}
        rows={bars.map(({ at, counts }) => ({
          at: times.row(new Date(at)),
          values: OUTCOMES.map(([id]) => counts[id] ?? 0),
        }))}
      />
    </SpaceBetween>
  );
}

function Rate({ trend, bars }: { trend: Overview["trend"]; bars: Bars }) {
  const sum = (id: string): number =>
    bars.reduce((total, { counts }) => total + (counts[id] ?? 0), 0);
  const total = OUTCOMES.reduce((all, [id]) => all + sum(id), 0);
  return (
    <div>
      <Box variant="awsui-value-large" tagOverride="span">
        {total === 0 ? "–" : percent(sum("success"), total)}
      </Box>{" "}
      <Box variant="small" tagOverride="span">
        succeeded in the {rangeText(trend)}
      </Box>
      <div>
        {sum("success").toLocaleString("en")} of {total.toLocaleString("en")}, counted to{" "}
        <Ago at={trend.counted_until} never="the beginning" />
      </div>
    </div>
  );
}

/** Never rounded to 100 % while one was refused. */
function percent(part: number, total: number): string {
  if (part === total) return "100 %";
  return `${(Math.floor((part / total) * 1000) / 10).toFixed(1)} %`;
}

/** So many widths in one bar: a tile has room for some thirty bars. */
const WIDTHS_A_BAR = 4;

/** Also those with nothing in them, so that each has its place. */
function everyBar({ from, to, width_seconds: width }: Overview["trend"], bars: Bars): Bars {
  const byInstant = new Map(bars.map(({ at, counts }) => [Date.parse(at), counts]));
  const all: Bars = [];
  for (let at = Date.parse(from); at < Date.parse(to); at += width * WIDTHS_A_BAR * 1000) {
    const counts: Record<string, number> = {};
    for (let part = 0; part < WIDTHS_A_BAR; part += 1) {
      for (const [name, count] of Object.entries(byInstant.get(at + part * width * 1000) ?? {})) {
        counts[name] = (counts[name] ?? 0) + count;
      }
    }
    all.push({ at: new Date(at).toISOString(), counts });
  }
  return all;
}
