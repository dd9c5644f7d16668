"use client";

import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { checkAllAction, checkRoleAction } from "@/app/(console)/validator/actions";
import { VerdictPanel } from "@/app/(console)/validator/verdict-panel";
import { type MountLink, rowKey, VerdictTable } from "@/app/(console)/validator/verdict-table";
import { useChange } from "@/components/change";
import { Page } from "@/components/page";
import { RefusalState } from "@/components/refusal-state";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import { useUrlState } from "@/components/url-state";
import { ReadRefused } from "@/lib/console/get-json";
import type { Read } from "@/lib/console/operator";
import type { VerdictPage } from "@/lib/console/validator";
import type { ValidatorAddress } from "@/lib/console/validator-address";
import { verdictsQuery } from "@/lib/console/validator-queries";

type Props = {
  first: Read<VerdictPage>;
  address: ValidatorAddress;
  mounts: readonly MountLink[];
  code: Code;
};

const NONE: VerdictPage = {
  rows: [],
  counts: { ok: 0, warning: 0, unknown: 0, error: 0 },
  next_cursor: null,
};

/** Whether AWS grants what secrets roles ask for. */
export function ValidatorPage({ first, address, mounts, code }: Props) {
  const { query, again, checkAll, checkOne } = useVerdicts(first, address);
  const [open, setOpen] = useUrlState("open");
  const refusal = first.ok ? refusalIn(query.error) : first.refusal;
  const page = query.data ?? NONE;
  const row = page.rows.find((one) => rowKey(one) === open);
  const failed = checkAll.refusal ?? checkOne.refusal;
  return (
    <Page
      title="Validator"
      description="What secrets roles ask for, and what AWS grants. What AWS does not tell is unknown, and never ok."
      apiPath="sys/leasehold/validator"
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <ShowAsCode code={code} />
          <Button
            variant="primary"
            loading={checkAll.isRunning}
            loadingText="Asking"
            onClick={() => checkAll.run({})}
          >
            Ask AWS about all roles
          </Button>
        </SpaceBetween>
      }
      splitPanel={
        row && (
          <VerdictPanel
            key={open}
            row={row}
            isChecking={checkOne.isRunning}
            onCheck={() => checkOne.run({ mount: row.mount, role: row.role })}
          />
        )
      }
      splitPanelOpen={row !== undefined}
      onSplitPanelToggle={(isOpen) => {
        if (!isOpen) setOpen("");
      }}
    >
      <SpaceBetween size="l">
        {failed !== null && <RefusalState what="AWS was not asked." refusal={failed} />}
        {refusal === null ? (
          <VerdictTable
            page={page}
            address={address}
            mounts={mounts}
            isLoading={query.isPlaceholderData}
            onOpen={(opened) => setOpen(rowKey(opened))}
          />
        ) : (
          <RefusalState what="The verdicts are not shown." refusal={refusal} onRetry={again} />
        )}
      </SpaceBetween>
    </Page>
  );
}

/** The rows, and what asks AWS anew; rows are read again once it was asked. */
function useVerdicts(first: Props["first"], address: ValidatorAddress) {
  const queries = useQueryClient();
  const query = useQuery({
    ...verdictsQuery(address),
    ...(first.ok && { initialData: first.data }),
    enabled: first.ok,
  });
  const again = () => void queries.invalidateQueries({ queryKey: ["validator"] });
  const checkAll = useChange(checkAllAction, () => {
    again();
    return true;
  });
  const checkOne = useChange(checkRoleAction, () => {
    again();
    void queries.invalidateQueries({ queryKey: ["validator-history"] });
    return true;
  });
  return { query, again, checkAll, checkOne };
}

function refusalIn(error: Error | null) {
  return error instanceof ReadRefused ? error.refusal : null;
}
