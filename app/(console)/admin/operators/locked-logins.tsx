"use client";

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import { unlockAction } from "@/app/(console)/admin/operators/actions";
import { ActionModal } from "@/components/action-modal";
import { useChange } from "@/components/change";
import { Follow } from "@/components/follow-link";
import { RefusalState } from "@/components/refusal-state";
import type { LockedLogin, SignInMount } from "@/lib/console/admin-operators";
import type { Read } from "@/lib/console/operator";

/** Names that may not log in for some minutes; not shown while there is none. */
export function LockedLogins({
  locked,
  mounts,
}: {
  locked: Read<LockedLogin[]>;
  mounts: readonly SignInMount[];
}) {
  const [open, setOpen] = useState<LockedLogin | null>(null);
  if (!locked.ok) {
    return <RefusalState what="Who is locked out is not shown." refusal={locked.refusal} />;
  }
  if (locked.data.length === 0) return null;
  const pathOf = ({ accessor }: LockedLogin) =>
    mounts.find((mount) => mount.accessor === accessor)?.fullPath ?? accessor;
  return (
    <>
      <Table
        variant="container"
        wrapLines
        items={locked.data}
        trackBy={({ accessor, alias }) => accessor + alias}
        header={
          <Header
            variant="h2"
            counter={`(${locked.data.length})`}
            description="After too many failed logins. Names that nobody has are locked like others."
          >
            Locked out
          </Header>
        }
        columnDefinitions={[
          { id: "name", header: "Name", isRowHeader: true, cell: ({ alias }) => alias },
          { id: "mount", header: "At", cell: (login) => <code>{pathOf(login)}</code> },
          {
            id: "do",
            header: "Let them try",
            cell: (login) => (
              <Button
                variant="inline-link"
                ariaLabel={`Unlock ${login.alias}`}
                onClick={() => setOpen(login)}
              >
                Unlock
              </Button>
            ),
          },
        ]}
      />
      {open !== null && <Unlock login={open} onClose={() => setOpen(null)} />}
    </>
  );
}

function Unlock({ login, onClose }: { login: LockedLogin; onClose: () => void }) {
  const change = useChange(unlockAction, () => {
    onClose();
    return true;
  });
  return (
    <ActionModal
      title={`Unlock ${login.alias}`}
      label={`Let ${login.alias} try again`}
      refusedText="Nobody was unlocked."
      change={change}
      onRun={() => change.run(login)}
      onClose={onClose}
    >
      <Alert type="warning">
        Somebody typed wrong passwords for this name. Ask whether it was them:{" "}
        <Follow href="/audit">the audit log</Follow> has the addresses they came from.
      </Alert>
    </ActionModal>
  );
}
