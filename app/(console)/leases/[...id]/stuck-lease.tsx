"use client";

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { ForgetLease } from "@/app/(console)/leases/forget-lease";
import { Ago } from "@/components/ago";
import { Follow } from "@/components/follow-link";
import type { LeaseDetail } from "@/lib/console/leases";
import { fixOf } from "@/lib/console/leases-fixes";
import type { LeaseRights } from "@/lib/console/leases-rights";
import { secretsHref } from "@/lib/console/secrets-roles";

/** A lease that does not end though it should: why, what to fix, and the last resort. */
export function StuckLease({ lease, rights }: { lease: LeaseDetail; rights: LeaseRights }) {
  const [isForgetting, setForgetting] = useState(false);
  if (lease.state === "ended" || lease.last_error === null) return null;
  const fix = fixOf(lease.last_error);
  return (
    <>
      <Alert
        type={lease.state === "irrevocable" ? "error" : "warning"}
        header="It could not be revoked: its credential may still work at AWS"
        action={
          <Button
            disabled={rights.force !== ""}
            disabledReason={rights.force}
            onClick={() => setForgetting(true)}
          >
            Forget anyway
          </Button>
        }
      >
        <SpaceBetween size="xs">
          <div>
            AWS or the network said: <code>{lease.last_error}</code>
          </div>
          <div>
            What to fix: {fix}{" "}
            {lease.mount_accessor !== null && (
              <Follow href={secretsHref.mount(lease.mount_accessor)}>
                Look at {lease.mount_path}
              </Follow>
            )}
          </div>
          <div>
            {lease.next_attempt_at === null ? (
              "Then revoke it again."
            ) : (
              <>
                The server tries again <Ago at={lease.next_attempt_at} />; revoking it tries at
                once.
              </>
            )}
          </div>
        </SpaceBetween>
      </Alert>
      {isForgetting && <ForgetLease lease={lease} onClose={() => setForgetting(false)} />}
    </>
  );
}
