"use client";

import ButtonDropdown, {
  type ButtonDropdownProps,
} from "@cloudscape-design/components/button-dropdown";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ChangeAddress } from "@/app/(console)/audit/audit-state";
import { DeleteViews } from "@/app/(console)/audit/delete-views";
import { SaveView } from "@/app/(console)/audit/save-view";
import { type AuditAddress, filterParams, parseAuditAddress } from "@/lib/console/audit-address";
import { inertText } from "@/lib/console/inert-text";
import type { SavedView } from "@/lib/console/views";
import { viewsQuery } from "@/lib/console/views-queries";

type Dialog = "save" | "delete" | null;

/** Filters under a name: to open, to save, to delete. */
export function ViewsMenu({ address, change }: { address: AuditAddress; change: ChangeAddress }) {
  const { data, error } = useQuery(viewsQuery("audit"));
  const [dialog, setDialog] = useState<Dialog>(null);
  const views = data?.views ?? [];
  const follow = (id: string): void => {
    if (id === "save" || id === "delete") {
      setDialog(id);
      return;
    }
    const view = views.find((one) => one.id === id);
    // What others saved is read like any other address.
    if (view !== undefined) change(() => parseAuditAddress(new URLSearchParams(view.query)));
  };
  const params = filterParams(address);
  if (address.sort !== "-time") params.set("sort", address.sort);
  return (
    <>
      <ButtonDropdown
        items={itemsOf(views, error !== null)}
        expandToViewport
        onItemClick={({ detail }) => follow(detail.id)}
      >
        Views
      </ButtonDropdown>
      {dialog === "save" && <SaveView query={params.toString()} onClose={() => setDialog(null)} />}
      {dialog === "delete" && (
        <DeleteViews views={views.filter(({ own }) => own)} onClose={() => setDialog(null)} />
      )}
    </>
  );
}

function itemsOf(views: readonly SavedView[], isUnread: boolean): ButtonDropdownProps.Items {
  const own = views.filter((view) => view.own);
  const shared = views.filter((view) => !view.own);
  const itemOf = ({ id, name, shared: isShared, own: isOwn }: SavedView) => ({
    id,
    text: inertText(name),
    ...(isShared && isOwn && { secondaryText: "Shared" }),
  });
  const why = isUnread
    ? "The views could not be read"
    : own.length === 0
      ? "You have saved none"
      : null;
  return [
    ...(own.length > 0 ? [{ text: "Your views", items: own.map(itemOf) }] : []),
    ...(shared.length > 0 ? [{ text: "Shared by others", items: shared.map(itemOf) }] : []),
    {
      text: "This filter",
      items: [
        { id: "save", text: "Save as a view" },
        {
          id: "delete",
          text: "Delete a view",
          ...(why !== null && { disabled: true, disabledReason: why }),
        },
      ],
    },
  ];
}
