"use client";

import Badge from "@cloudscape-design/components/badge";
import Table from "@cloudscape-design/components/table";
import { Ago } from "@/components/ago";
import { durationText } from "@/components/duration-text";
import { useNow } from "@/components/now";
import type { Lease } from "@/lib/console/leases";
import { type Lifetime, lifetimeOf, type Mark } from "@/lib/console/leases-lifetime";
import { clockText } from "@/lib/console/leases-words";

const HEIGHT = 44;
const BAR_Y = 20;
const BAR_HEIGHT = 14;

/** From issue to end, with every limit marked and the one that binds; the table says the same. */
export function LifetimeBar({
  lease,
  limits,
}: {
  lease: Lease;
  limits: readonly { term: string; at: string }[];
}) {
  const now = useNow();
  const life = lifetimeOf(lease, limits, now);
  return (
    <figure className="lifetime">
      <Bar life={life} label={labelOf(lease, life, now)} />
      <Table
        variant="embedded"
        items={life.marks}
        trackBy="term"
        wrapLines
        ariaLabels={{ tableLabel: "Limits of this lease" }}
        columnDefinitions={COLUMNS}
      />
    </figure>
  );
}

function labelOf(lease: Lease, life: Lifetime, now: number): string {
  const binding = life.marks.find((mark) => mark.binds);
  const start = `Issued ${clockText(lease.issued_at, now)}`;
  return binding === undefined
    ? start
    : `${start}, ends ${clockText(binding.at, now)} by: ${binding.label}. The table below has all limits.`;
}

function Bar({ life, label }: { life: Lifetime; label: string }) {
  const percent = (part: number): string => `${(part * 100).toFixed(2)}%`;
  return (
    <svg width="100%" height={HEIGHT} role="img" aria-label={label}>
      <rect x="0" y={BAR_Y} width="100%" height={BAR_HEIGHT} className="lifetime-rest" />
      <rect
        x="0"
        y={BAR_Y}
        width={percent(life.end)}
        height={BAR_HEIGHT}
        className="lifetime-left"
      />
      <rect
        x="0"
        y={BAR_Y}
        width={percent(life.now)}
        height={BAR_HEIGHT}
        className="lifetime-gone"
      />
      {life.marks
        .filter((mark) => mark.place !== null)
        .map((mark) => (
          <g key={mark.term}>
            <line
              x1={percent(mark.place ?? 0)}
              x2={percent(mark.place ?? 0)}
              y1={BAR_Y - 4}
              y2={BAR_Y + BAR_HEIGHT + 4}
              className={mark.binds ? "lifetime-binds" : "lifetime-mark"}
            />
            {mark.isLabelled && (
              <text x={percent(mark.place ?? 0)} y="12" textAnchor="end" className="lifetime-text">
                {mark.numbers}
              </text>
            )}
          </g>
        ))}
    </svg>
  );
}

const COLUMNS = [
  { id: "number", header: "Mark", cell: (mark: Mark) => mark.number },
  {
    id: "limit",
    header: "Limit",
    isRowHeader: true,
    cell: (mark: Mark) => (
      <>
        {mark.label} {mark.binds && <Badge color="blue">binds</Badge>}
      </>
    ),
  },
  { id: "at", header: "Ends", cell: (mark: Mark) => <Ago at={mark.at} /> },
  {
    id: "after",
    header: "After issue",
    cell: (mark: Mark) => durationText(mark.afterSeconds),
  },
  { id: "means", header: "Where it comes from", cell: (mark: Mark) => mark.means },
];
