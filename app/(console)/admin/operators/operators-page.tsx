"use client";

import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { AddUser } from "@/app/(console)/admin/operators/add-user";
import { GroupsPanel } from "@/app/(console)/admin/operators/groups-panel";
import { LockedLogins } from "@/app/(console)/admin/operators/locked-logins";
import { UserTable } from "@/app/(console)/admin/operators/user-table";
import { Page } from "@/components/page";
import { RefusalState } from "@/components/refusal-state";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import type {
  LockedLogin,
  OperatorRow,
  SignInMount,
  SignInProvider,
} from "@/lib/console/admin-operators";
import type { Read } from "@/lib/console/operator";

type Props = {
  rows: Read<OperatorRow[]>;
  mounts: Read<SignInMount[]>;
  locked: Read<LockedLogin[]>;
  provider: SignInProvider | null;
  redirectUrl: string;
  /** Names of the stored policies; none where they are not told. */
  policies: readonly string[];
  code: Code;
};

const NO_MOUNT = "No userpass mount is enabled, or none is shown to you.";

/** Who can sign in to the console, and what they may do. */
export function OperatorsPage(props: Props) {
  const { mounts, policies, code } = props;
  const [isAdding, setAdding] = useState(false);
  const doors = (mounts.ok ? mounts.data : []).filter(({ type }) => type === "userpass");
  const add = (
    <Button
      variant="primary"
      disabled={doors.length === 0}
      disabledReason={NO_MOUNT}
      onClick={() => setAdding(true)}
    >
      Add operator
    </Button>
  );
  return (
    <Page
      title="Operators"
      apiPath="sys/leasehold/operators"
      description="Who can sign in to the console: people with a password, and groups of the sign-in provider."
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <ShowAsCode code={code} />
          {add}
        </SpaceBetween>
      }
    >
      <Lists {...props} action={add} />
      {isAdding && <AddUser mounts={doors} policies={policies} onClose={() => setAdding(false)} />}
    </Page>
  );
}

function Lists({
  rows,
  mounts,
  locked,
  provider,
  redirectUrl,
  policies,
  action,
}: Props & { action: ReactNode }) {
  const router = useRouter();
  const all = mounts.ok ? mounts.data : [];
  const users = rows.ok ? rows.data.filter(({ kind }) => kind === "user") : [];
  const groups = rows.ok ? rows.data.filter(({ kind }) => kind === "group") : [];
  return (
    <SpaceBetween size="l">
      <LockedLogins locked={locked} mounts={all} />
      {rows.ok ? (
        <UserTable
          users={users}
          mounts={all}
          locked={locked.ok ? locked.data : []}
          action={action}
        />
      ) : (
        <RefusalState
          what="The operators are not shown."
          refusal={rows.refusal}
          onRetry={() => router.refresh()}
        />
      )}
      {!mounts.ok && (
        <RefusalState
          what="The mounts that let operators in are not shown."
          refusal={mounts.refusal}
        />
      )}
      {rows.ok && <GroupsPanel {...{ groups, provider, redirectUrl, policies }} />}
    </SpaceBetween>
  );
}
