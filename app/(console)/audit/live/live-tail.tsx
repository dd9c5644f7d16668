"use client";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, {
  type StatusIndicatorProps,
} from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useCallback, type Dispatch } from "react";
import type { ChangeAddress } from "@/app/(console)/audit/audit-state";
import { useIsNarrow } from "@/app/(console)/audit/is-narrow";
import { loadGap } from "@/app/(console)/audit/live/load-gap";
import { tailColumns } from "@/app/(console)/audit/live/tail-columns";
import { useScrolledAway } from "@/app/(console)/audit/live/use-scrolled-away";
import { useTail } from "@/app/(console)/audit/live/use-tail";
import { RefusalState } from "@/components/refusal-state";
import type { AuditAddress } from "@/lib/console/audit-address";
import {
  type GapRow,
  ROWS_MAX,
  type TailAction,
  tailText,
  type TailState,
} from "@/lib/console/tail-state";
import "@/app/(console)/audit/live/live-tail.css";

/**
 * The live tail. Mounted by the audit page in the place of its list while the address says `live=on`,
 * with a `key` of the filter, so that another filter begins anew:
 * `<LiveTail key={filterParams(address).toString()} address={address} change={change} />`.
 */
export function LiveTail({ address, change }: { address: AuditAddress; change: ChangeAddress }) {
  const [state, dispatch] = useTail(address);
  const isNarrow = useIsNarrow();
  const onScroll = useCallback(
    (isAway: boolean) => dispatch({ kind: isAway ? "pause" : "resume", by: "scroll" }),
    [dispatch],
  );
  const top = useScrolledAway(onScroll);
  const open = (event: string): void => change((now) => ({ ...now, event }));
  const load = (gap: GapRow): void => {
    dispatch({ kind: "loading", key: gap.key });
    loadGap(address, gap).then(
      (entries) => dispatch({ kind: "loaded", key: gap.key, entries }),
      () => dispatch({ kind: "loaded", key: gap.key, entries: null }),
    );
  };
  if (state.connection === "refused" && state.refusal !== null) {
    return <RefusalState what="The log is not followed." refusal={state.refusal} />;
  }
  return (
    <div>
      <div ref={top} />
      <Table
        variant="container"
        wrapLines
        items={state.rows}
        trackBy={({ key }) => key}
        columnDefinitions={tailColumns({ address, isNarrow, open, load })}
        header={<TailHeader state={state} dispatch={dispatch} change={change} />}
        footer={state.rows.length === ROWS_MAX && <TailFooter />}
        ariaLabels={{ tableLabel: "Entries of the audit log as they are written" }}
        empty={
          <Box color="text-body-secondary" textAlign="center">
            Nothing was written yet that passes this filter.
          </Box>
        }
      />
      <Waiting state={state} dispatch={dispatch} />
    </div>
  );
}

const TYPES: Readonly<Record<string, StatusIndicatorProps.Type>> = {
  Live: "success",
  Reconnecting: "warning",
  Connecting: "in-progress",
};

function typeOf(text: string): StatusIndicatorProps.Type {
  if (text.startsWith("Behind")) return "warning";
  return TYPES[text] ?? "stopped";
}

function TailHeader({
  state,
  dispatch,
  change,
}: {
  state: TailState;
  dispatch: Dispatch<TailAction>;
  change: ChangeAddress;
}) {
  const text = tailText(state);
  const isPaused = state.pause !== null;
  return (
    <Header
      variant="h2"
      description={
        <span role="status">
          <StatusIndicator type={typeOf(text)}>{text}</StatusIndicator>
          {isPaused && <>, {waitingText(state.waitingCount)}</>}
        </span>
      }
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button
            iconName={isPaused ? "play" : "pause"}
            onClick={() => {
              dispatch({ kind: isPaused ? "resume" : "pause", by: "user" });
            }}
          >
            {isPaused ? "Go on" : "Pause"}
          </Button>
          <Button onClick={() => change((now) => ({ ...now, isLive: false }))}>
            End live tail
          </Button>
        </SpaceBetween>
      }
    >
      Live tail
    </Header>
  );
}

function waitingText(count: number): string {
  return `${count.toLocaleString("en")} ${count === 1 ? "entry is" : "entries are"} waiting`;
}

/** Within reach wherever the reader has scrolled to. */
function Waiting({ state, dispatch }: { state: TailState; dispatch: Dispatch<TailAction> }) {
  if (state.pause !== "scroll") return null;
  return (
    <div className="live-tail-waiting">
      <Button
        iconName="angle-up"
        onClick={() => {
          dispatch({ kind: "resume", by: "user" });
          window.scrollTo({ top: 0 });
        }}
      >
        {tailText(state)}: {waitingText(state.waitingCount)}. Back to the newest
      </Button>
    </div>
  );
}

function TailFooter() {
  return (
    <Box color="text-body-secondary" textAlign="center">
      The newest {ROWS_MAX} are shown. What is older is in the list: end the live tail.
    </Box>
  );
}
