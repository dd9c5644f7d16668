"use client";

import Alert from "@cloudscape-design/components/alert";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Skeleton from "@cloudscape-design/components/skeleton";
import Table from "@cloudscape-design/components/table";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { previewRevocationAction, revokeManyAction } from "@/app/(console)/leases/actions";
import { ReasonField } from "@/app/(console)/leases/reason-field";
import { ActionModal } from "@/components/action-modal";
import { useChange } from "@/components/change";
import { useNow } from "@/components/now";
import { RefusalState } from "@/components/refusal-state";
import { jobHref, type JobPreview } from "@/lib/console/jobs";
import { type LeaseSelection, sentSelection } from "@/lib/console/leases-selection";
import { clockText, leasesWord, typeText } from "@/lib/console/leases-words";
import type { Refusal } from "@/lib/console/refusal";

/** Ends several leases as a job, once the operator has seen what falls and typed how many. */
export function RevokeMany({
  selection,
  onClose,
}: {
  selection: LeaseSelection;
  onClose: () => void;
}) {
  const router = useRouter();
  const queries = useQueryClient();
  const now = useNow();
  const { preview, refusal } = usePreview(selection);
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const [isTried, setTried] = useState(false);
  const change = useChange(revokeManyAction, ({ id }) => {
    void queries.invalidateQueries({ queryKey: ["jobs"] });
    router.push(jobHref(id));
    onClose();
    return false;
  });
  const total = preview?.total ?? 0;
  const isTyped = total > 0 && typed.replaceAll(",", "").trim() === String(total);
  return (
    <ActionModal
      title={titleOf(selection, now)}
      label={total === 0 ? "Revoke" : `Revoke ${leasesWord(total)}`}
      refusedText="No job was made, and no lease was ended."
      change={change}
      onRun={() => {
        setTried(true);
        if (!isTyped) return;
        change.run({ selection: sentSelection(selection), reason, expected: total });
      }}
      onClose={onClose}
    >
      {refusal !== null && <RefusalState what="There is no preview." refusal={refusal} />}
      {preview === null && refusal === null && <Skeleton width="80%" />}
      {preview !== null && total === 0 && (
        <Alert type="info">No live lease is left to revoke.</Alert>
      )}
      {preview !== null && total > 0 && <Preview preview={preview} now={now} />}
      {selection.by === "ids" && <Chosen selection={selection} />}
      <ReasonField reason={reason} errorText={change.fields["reason"]} onChange={setReason} />
      <FormField
        label="Number of leases"
        description={total === 0 ? undefined : `Type ${total} to revoke ${leasesWord(total)}.`}
        errorText={isTried && !isTyped ? `This is not the number of leases, ${total}.` : undefined}
      >
        <Input
          value={typed}
          inputMode="numeric"
          autoComplete={false}
          onChange={({ detail }) => setTyped(detail.value)}
        />
      </FormField>
    </ActionModal>
  );
}

function titleOf(selection: LeaseSelection, now: number): string {
  if (selection.by === "ids") return `Revoke ${leasesWord(selection.leases.length)}`;
  return `Revoke all that match as of ${clockText(selection.asOf, now)}`;
}

/** Asked once, as the dialog opens: what it shows is what is revoked. */
function usePreview(selection: LeaseSelection): {
  preview: JobPreview | null;
  refusal: Refusal | null;
} {
  const [found, setFound] = useState<{ preview: JobPreview | null; refusal: Refusal | null }>({
    preview: null,
    refusal: null,
  });
  useEffect(() => {
    let isShown = true;
    void previewRevocationAction({ selection: sentSelection(selection) }).then((result) => {
      if (!isShown) return;
      if (result.ok) setFound({ preview: result.value, refusal: null });
      else setFound({ preview: null, refusal: result.refusal });
    });
    return () => {
      isShown = false;
    };
  }, [selection]);
  return found;
}

type Group = JobPreview["groups"][number];

function Preview({ preview, now }: { preview: JobPreview; now: number }) {
  return (
    <Table<Group>
      variant="embedded"
      wrapLines
      items={preview.groups}
      ariaLabels={{ tableLabel: "What will be revoked" }}
      columnDefinitions={[
        {
          id: "type",
          header: "Type",
          isRowHeader: true,
          cell: (group) => typeText(group.credential_type),
        },
        { id: "mount", header: "Mount", cell: (group) => group.mount_path ?? "gone" },
        { id: "count", header: "Leases", cell: (group) => group.count.toLocaleString("en") },
        { id: "means", header: "What happens", cell: (group) => consequence(group, now) },
      ]}
    />
  );
}

function consequence(group: Group, now: number): string {
  if (group.stops_at_aws && group.credential_type !== "iam_user") {
    return "The sessions are denied at AWS by name; it may take minutes until that counts everywhere.";
  }
  if (group.stops_at_aws) return "The IAM users and their keys are deleted: they stop at once.";
  if (group.aws_honours_until === null)
    return "Leases end here; AWS honours the sessions to their end.";
  return `Leases end here; AWS honours the sessions, the last until ${clockText(group.aws_honours_until, now)}.`;
}

function Chosen({ selection }: { selection: Extract<LeaseSelection, { by: "ids" }> }) {
  return (
    <ExpandableSection headerText={`Which ${leasesWord(selection.leases.length)}`}>
      <ul>
        {selection.leases.map(({ lease_id: id }) => (
          <li key={id}>
            <code>{id}</code>
          </li>
        ))}
      </ul>
    </ExpandableSection>
  );
}
