"use client";

import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { saveViewAction } from "@/app/(console)/audit/actions";
import { useChange } from "@/components/change";
import { RefusalState } from "@/components/refusal-state";
import { viewsQuery } from "@/lib/console/views-queries";

/** Keeps a filter under a name. */
export function SaveView({ query, onClose }: { query: string; onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [isShared, setShared] = useState(false);
  const save = useChange(saveViewAction, () => {
    void client.invalidateQueries(viewsQuery("audit"));
    onClose();
    return true;
  });
  const isIncomplete = Object.keys(save.fields).length > 0;
  return (
    <Modal visible header="Save as a view" closeAriaLabel="Close" onDismiss={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.run({ name, query, isShared });
        }}
      >
        <Form
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" formAction="none" onClick={onClose}>
                Close
              </Button>
              <Button variant="primary" formAction="submit" loading={save.isRunning}>
                Save view
              </Button>
            </SpaceBetween>
          }
        >
          <SpaceBetween size="m">
            <FormField
              label="Name"
              description="Range, conditions and order are saved. A relative range stays relative."
              errorText={save.fields["name"] ?? save.fields["query"]}
            >
              <Input value={name} onChange={({ detail }) => setName(detail.value)} />
            </FormField>
            <Checkbox
              checked={isShared}
              description="Other operators see its name and its conditions."
              onChange={({ detail }) => setShared(detail.checked)}
            >
              Share with everybody
            </Checkbox>
            {save.refusal !== null && !isIncomplete && (
              <RefusalState what="The view was not saved." refusal={save.refusal} />
            )}
          </SpaceBetween>
        </Form>
      </form>
    </Modal>
  );
}
