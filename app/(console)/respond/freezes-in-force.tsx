"use client";

import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { endFreezeAction } from "@/app/(console)/respond/actions";
import { Ago } from "@/components/ago";
import { useChange } from "@/components/change";
import { RefusalState } from "@/components/refusal-state";
import type { Freeze } from "@/lib/console/respond";
import { freezesQuery, refusalIn } from "@/lib/console/respond-queries";

/** Who is kept from logins and credentials now, and was of late. */
export function FreezesInForce() {
  const queries = useQueryClient();
  const { data, error, isPending } = useQuery(freezesQuery());
  const change = useChange(endFreezeAction, () => {
    void queries.invalidateQueries({ queryKey: ["freezes"] });
    return true;
  });
  if (error !== null && data === undefined) {
    return <RefusalState what="The freezes are not shown." refusal={refusalIn(error)} />;
  }
  return (
    <>
      {change.refusal && <RefusalState what="The freeze was not ended." refusal={change.refusal} />}
      <Table
        variant="container"
        header={<Header variant="h2">Freezes</Header>}
        loading={isPending}
        loadingText="Reading the freezes"
        empty="Nobody is frozen."
        items={data?.freezes ?? []}
        trackBy="id"
        wrapLines
        columnDefinitions={[
          { id: "state", header: "State", cell: (freeze) => <State freeze={freeze} /> },
          { id: "whom", header: "Whom", cell: (freeze) => <code>{whomOf(freeze)}</code> },
          { id: "until", header: "Until", cell: (freeze) => <Ago at={freeze.until} /> },
          { id: "message", header: "Message", cell: (freeze) => freeze.message || "–" },
          { id: "reason", header: "Reason", cell: (freeze) => freeze.reason || "–" },
          { id: "by", header: "By", cell: (freeze) => freeze.created_by },
          {
            id: "end",
            header: "",
            cell: (freeze) =>
              freeze.active && (
                <Button
                  variant="inline-link"
                  loading={change.isRunning}
                  ariaLabel={`End the freeze of ${whomOf(freeze)}`}
                  onClick={() => change.run({ id: freeze.id })}
                >
                  End now
                </Button>
              ),
          },
        ]}
      />
    </>
  );
}

function State({ freeze }: { freeze: Freeze }) {
  return freeze.active ? (
    <StatusIndicator type="warning">In force</StatusIndicator>
  ) : (
    <StatusIndicator type="stopped">Over</StatusIndicator>
  );
}

function whomOf({ principal, mount = "", role = "" }: Freeze): string {
  return principal ?? `${mount}${role}`;
}
