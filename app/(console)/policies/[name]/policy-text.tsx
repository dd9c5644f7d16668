"use client";

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useRouter } from "next/navigation";
import { useEffect, useMemo, useState } from "react";
import { savePolicyAction, type Saved } from "@/app/(console)/policies/actions";
import { useChange } from "@/components/change";
import { LineDiff } from "@/components/line-diff";
import { RefusalState } from "@/components/refusal-state";
import { TextEditor } from "@/components/text-editor";
import { draftProblems } from "@/lib/console/policy-draft";

/** The text, what is wrong with it, what saving would change, and what somebody else changed meanwhile. */
export function PolicyText({
  name,
  stored,
  text,
  onChange,
}: {
  name: string;
  stored: string | null;
  text: string;
  onChange: (text: string) => void;
}) {
  const router = useRouter();
  const [loaded, setLoaded] = useState(stored);
  const [conflict, setConflict] = useState<string | null>(null);
  const problems = useMemo(() => draftProblems(text), [text]);
  const isChanged = text !== loaded;
  const isEdited = isChanged && loaded !== null;
  useWarningBeforeLeaving(isEdited);
  const save = useChange(savePolicyAction, ({ isSaved, conflict: theirs }: Saved) => {
    setConflict(theirs);
    if (isSaved) setLoaded(text);
    if (isSaved) router.refresh();
    return isSaved;
  });
  return (
    <Container
      header={
        <TextHeader
          saveText={loaded === null ? "Create policy" : "Save policy"}
          isSaving={save.isRunning}
          reason={reasonAgainst(text, problems.length, isChanged)}
          onSave={() => save.run({ name, text, loaded })}
          {...(isEdited && { onDiscard: () => onChange(loaded) })}
        />
      }
    >
      <SpaceBetween size="m">
        {conflict !== null && (
          <Conflict
            theirs={conflict}
            mine={text}
            onTakeTheirs={() => {
              onChange(conflict);
              setLoaded(conflict);
              setConflict(null);
            }}
            onKeepMine={() => save.run({ name, text, loaded: conflict === "" ? null : conflict })}
          />
        )}
        {save.refusal && <RefusalState what="The policy was not saved." refusal={save.refusal} />}
        <TextEditor label={`Text of policy ${name}`} {...{ text, problems, onChange }} />
        {isEdited && <WhatChanges before={loaded} after={text} />}
      </SpaceBetween>
    </Container>
  );
}

function WhatChanges({ before, after }: { before: string; after: string }) {
  return (
    <ExpandableSection headerText="What saving changes">
      <LineDiff before={before} after={after} />
    </ExpandableSection>
  );
}

function TextHeader({
  saveText,
  isSaving,
  reason,
  onSave,
  onDiscard,
}: {
  saveText: string;
  isSaving: boolean;
  /** Why it cannot be saved; null: it can. */
  reason: string | null;
  onSave: () => void;
  onDiscard?: () => void;
}) {
  return (
    <Header
      variant="h2"
      description="HCL, or JSON when its first character is a brace."
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          {onDiscard && <Button onClick={onDiscard}>Discard changes</Button>}
          <Button
            variant="primary"
            loading={isSaving}
            disabled={reason !== null}
            disabledReason={reason ?? ""}
            onClick={onSave}
          >
            {saveText}
          </Button>
        </SpaceBetween>
      }
    >
      Text
    </Header>
  );
}

function reasonAgainst(text: string, problemCount: number, isChanged: boolean): string | null {
  if (text.trim() === "") return "A policy needs a text; a comment is enough.";
  if (problemCount > 0) return "The text is not a policy yet; what is wrong stands below it.";
  return isChanged ? null : "Nothing was changed.";
}

function Conflict({
  theirs,
  mine,
  onTakeTheirs,
  onKeepMine,
}: {
  theirs: string;
  mine: string;
  onTakeTheirs: () => void;
  onKeepMine: () => void;
}) {
  return (
    <Alert
      type="warning"
      header={
        theirs === ""
          ? "Somebody deleted this policy since you opened it"
          : "Somebody changed this policy since you opened it"
      }
      action={
        <SpaceBetween direction="horizontal" size="xs">
          {theirs !== "" && <Button onClick={onTakeTheirs}>Take theirs, drop mine</Button>}
          <Button onClick={onKeepMine}>
            {theirs === "" ? "Store it again" : "Replace theirs by mine"}
          </Button>
        </SpaceBetween>
      }
    >
      <SpaceBetween size="s">
        <div>Nothing was saved. What yours would change of the stored text:</div>
        <LineDiff before={theirs} after={mine} />
      </SpaceBetween>
    </Alert>
  );
}

function useWarningBeforeLeaving(isNeeded: boolean): void {
  useEffect(() => {
    if (!isNeeded) return;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [isNeeded]);
}
