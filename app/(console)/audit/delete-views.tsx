"use client";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Modal from "@cloudscape-design/components/modal";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { deleteViewAction } from "@/app/(console)/audit/actions";
import { useChange } from "@/components/change";
import { RefusalState } from "@/components/refusal-state";
import { inertText } from "@/lib/console/inert-text";
import type { SavedView } from "@/lib/console/views";
import { viewsQuery } from "@/lib/console/views-queries";

/** Deletes one of the operator's own views. */
export function DeleteViews({
  views,
  onClose,
}: {
  views: readonly SavedView[];
  onClose: () => void;
}) {
  const client = useQueryClient();
  const [chosen, setChosen] = useState(views[0]?.id ?? "");
  const remove = useChange(deleteViewAction, () => {
    void client.invalidateQueries(viewsQuery("audit"));
    onClose();
    return true;
  });
  const view = views.find(({ id }) => id === chosen);
  return (
    <Modal
      visible
      header="Delete a view"
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Footer
          isRunning={remove.isRunning}
          onClose={onClose}
          onDelete={view && (() => remove.run({ id: view.id, name: view.name }))}
        />
      }
    >
      <SpaceBetween size="m">
        <FormField
          label="Your views"
          description="A shared view disappears for everybody. No entry of the log is deleted."
        >
          <RadioGroup
            value={chosen}
            items={views.map(({ id, name, shared }) => ({
              value: id,
              label: inertText(name),
              ...(shared && { description: "Shared with everybody" }),
            }))}
            onChange={({ detail }) => setChosen(detail.value)}
          />
        </FormField>
        {remove.refusal !== null && (
          <RefusalState what="The view was not deleted." refusal={remove.refusal} />
        )}
      </SpaceBetween>
    </Modal>
  );
}

function Footer({
  isRunning,
  onClose,
  onDelete,
}: {
  isRunning: boolean;
  onClose: () => void;
  onDelete: (() => void) | undefined;
}) {
  return (
    <Box float="right">
      <SpaceBetween direction="horizontal" size="xs">
        <Button variant="link" onClick={onClose}>
          Close
        </Button>
        {onDelete !== undefined && (
          <Button variant="primary" loading={isRunning} onClick={onDelete}>
            Delete view
          </Button>
        )}
      </SpaceBetween>
    </Box>
  );
}
