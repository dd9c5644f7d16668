"use client";

import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { RenewLease } from "@/app/(console)/leases/renew-lease";
import { RevokeLease } from "@/app/(console)/leases/revoke-lease";
import { useNow } from "@/components/now";
import type { Lease } from "@/lib/console/leases";
import type { LeaseRights } from "@/lib/console/leases-rights";
import { revokeLabel } from "@/lib/console/leases-words";

/** What can be done with one lease, with the reason why not where it cannot. */
export function LeaseActions({ lease, rights }: { lease: Lease; rights: LeaseRights }) {
  const [open, setOpen] = useState<"renew" | "revoke" | null>(null);
  const now = useNow();
  const over = lease.state === "ended" ? "The lease has ended." : "";
  const renewReason = over || notRenewable(lease) || rights.renew;
  const revokeReason = over || rights.revoke;
  return (
    <>
      <SpaceBetween direction="horizontal" size="xs">
        <Button
          disabled={renewReason !== ""}
          disabledReason={renewReason}
          onClick={() => setOpen("renew")}
        >
          Renew
        </Button>
        <Button
          disabled={revokeReason !== ""}
          disabledReason={revokeReason}
          wrapText
          onClick={() => setOpen("revoke")}
        >
          {over === "" ? revokeLabel(lease, now) : "Revoke"}
        </Button>
      </SpaceBetween>
      {open === "renew" && <RenewLease lease={lease} onClose={() => setOpen(null)} />}
      {open === "revoke" && <RevokeLease lease={lease} onClose={() => setOpen(null)} />}
    </>
  );
}

function notRenewable(lease: Lease): string {
  if (lease.renewable && lease.state === "active") return "";
  if (lease.state !== "active") return "The lease is over: nothing of it can be renewed.";
  return "A session of AWS ends when AWS said it would; nothing renews it.";
}
