"use client";

import { useRouter } from "next/navigation";
import { endAllAction, endSessionAction } from "@/app/(console)/admin/sessions/actions";
import { Ago } from "@/components/ago";
import { useChange } from "@/components/change";
import { ConfirmChange } from "@/components/confirm-change";
import type { ConsoleSessionRow } from "@/lib/console/admin-sessions";

/** One session, or all of its operator. */
export type Ending = { session: ConsoleSessionRow; all: readonly ConsoleSessionRow[] | null };

/** Ends sessions, after saying whose and what stops with them. */
export function EndSessions({ ending, onClose }: { ending: Ending; onClose: () => void }) {
  const router = useRouter();
  const { session, all } = ending;
  const isOwn = (all ?? [session]).some(({ own }) => own);
  const change = useChange(all === null ? endSessionAction : endAllAction, () => {
    onClose();
    if (isOwn) router.push("/login");
    return true;
  });
  const { operator } = session;
  const button =
    all === null ? `End this session of ${operator}` : `End all ${all.length} sessions`;
  return (
    <ConfirmChange
      title={all === null ? `End a session of ${operator}` : `End all sessions of ${operator}`}
      doIt={button}
      input={{ id: session.id }}
      change={change}
      onClose={onClose}
    >
      <ul>
        {(all ?? [session]).map((one) => (
          <li key={one.id}>
            from <code>{one.remote_address}</code>, last active <Ago at={one.seen_time} />
            {one.own && " (yours, in this browser)"}
          </li>
        ))}
      </ul>
      <div>
        What is typed there and not sent is lost. A token that was made for the session ends with
        it; one that was brought along lives on.
      </div>
      {isOwn && <div>You are signed out yourself.</div>}
    </ConfirmChange>
  );
}
