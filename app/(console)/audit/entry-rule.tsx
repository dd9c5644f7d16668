"use client";

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Follow } from "@/components/follow-link";
import { RefusalState } from "@/components/refusal-state";
import type { AuditRequest, OpenedEntry } from "@/lib/console/audit";
import { inertText } from "@/lib/console/inert-text";
import type { Explanation } from "@/lib/console/policies";

/** Which policies decided then, as the entry has it, and which rule of theirs decides now. */
export function EntryRule({
  entry,
  explanation,
}: {
  entry: AuditRequest;
  explanation: OpenedEntry["explanation"];
}) {
  return (
    <SpaceBetween size="s">
      <Header variant="h3">Who allowed it</Header>
      <Then entry={entry} />
      {explanation?.ok === true && <Now entry={entry} explanation={explanation.data} />}
      {explanation?.ok === false && (
        <RefusalState
          what="The rule that decides now is not shown."
          refusal={explanation.refusal}
        />
      )}
    </SpaceBetween>
  );
}

function Then({ entry }: { entry: AuditRequest }) {
  const { allowed, granting_policies: granting, kind } = entry;
  if (kind === "event") return <Box>The server did this by itself; no policy was asked.</Box>;
  if (allowed === null) return <Box>No policy was asked: the path is open to everybody.</Box>;
  if (!allowed) return <Box>Denied when it was asked: no policy of the token granted it.</Box>;
  if (granting.length === 0) return <Box>Allowed when it was asked, without a policy.</Box>;
  return (
    <Box>
      Allowed when it was asked, by{" "}
      {granting.map((name, place) => (
        <span key={name}>
          {place > 0 && ", "}
          {name === "root" ? (
            "the built-in policy root"
          ) : (
            <Follow href={`/policies/${encodeURIComponent(name)}`}>{inertText(name)}</Follow>
          )}
        </span>
      ))}
      .
    </Box>
  );
}

function Now({ entry, explanation }: { entry: AuditRequest; explanation: Explanation }) {
  const { allowed, rule, root_protected: isProtected } = explanation;
  const differs = allowed !== entry.allowed;
  const verdict = allowed ? "is allowed" : "is refused";
  return (
    <Alert
      type={differs ? "warning" : "info"}
      header={
        differs
          ? `With the token's policies as they are now, it ${verdict}`
          : `The rule that decides now: it ${verdict}`
      }
    >
      {rule === null ? (
        <>
          {allowed
            ? "A root token may do everything; no rule is asked."
            : "No rule matches the path."}
        </>
      ) : (
        <>
          <code>{inertText(rule.path)}</code> with {rule.capabilities.join(", ")}
          {rule.origins.map(({ policy, line }) => (
            <div key={`${policy}:${line}`}>
              from{" "}
              <Follow href={`/policies/${encodeURIComponent(policy)}`}>{inertText(policy)}</Follow>,
              line {line}
            </div>
          ))}
        </>
      )}
      {isProtected && !allowed && <div>The path needs the capability sudo as well.</div>}
      {differs && <div>Policies, or the token’s rights, have changed since.</div>}
    </Alert>
  );
}
