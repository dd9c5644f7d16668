"use client";

import Alert from "@cloudscape-design/components/alert";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useFollow } from "@/components/follow";
import type { Explanation, PolicyRule } from "@/lib/console/policies";

/** A verdict with the rule behind it, the rules that it won over, and what was left out. */
export function ExplainedAccess({ explanation }: { explanation: Explanation }) {
  const { allowed, operation, path, missing_policies: missing, skipped } = explanation;
  return (
    <SpaceBetween size="m">
      <Alert
        type={allowed ? "success" : "error"}
        header={
          <>
            {allowed ? "Allowed" : "Refused"}: {operation} on <code>{path}</code>
          </>
        }
      >
        {allowed ? grantText(explanation) : refusalText(explanation)}
      </Alert>
      {missing.length > 0 && (
        <Alert type="warning" header="Not every policy is there">
          {missing.join(", ")}: no policy of that name is stored, so it grants nothing.
        </Alert>
      )}
      {skipped.length > 0 && (
        <Alert type="info" header="Rules with templates were left out">
          {skipped.slice(0, 5).map(({ policy, line, path: rule }) => (
            <div key={`${policy}:${line}`}>
              <code>{rule}</code> ({policy}, line {line})
            </div>
          ))}
          Their paths name the entity of a token. Policies by themselves have none.
        </Alert>
      )}
      {explanation.candidates.length > 0 && <Rules explanation={explanation} />}
    </SpaceBetween>
  );
}

function grantText({ granting_policies: granting, rule }: Explanation): string {
  if (rule === null) return "A root token may do everything; no rule is asked.";
  const names = granting.join(", ");
  return `The rule for ${rule.path} grants it. It comes from ${granting.length === 1 ? "policy" : "the policies"} ${names}.`;
}

function refusalText({ refusal, rule, root_protected: isProtected }: Explanation): string {
  const path = rule?.path ?? "";
  switch (refusal?.because) {
    case "no_rule":
      return "No rule matches this path, and what no rule grants is refused.";
    case "denied":
      return `The rule for ${path} denies everything below it.`;
    case "missing_capability":
      return refusal.capability === "sudo" && isProtected
        ? `The rule for ${path} lacks the capability sudo, which this path needs beside the operation’s own.`
        : `The rule for ${path} decides, and it lacks the capability ${refusal.capability ?? ""}. Weaker rules are not asked.`;
    case "required_parameter":
      return `The rule for ${path} demands the parameter ${refusal.parameter ?? ""}.`;
    case "denied_parameter":
    case "allowed_parameter":
      return `The rule for ${path} does not allow the parameter ${refusal.parameter ?? ""} as it was given.`;
    case "wrapping_ttl":
      return `The rule for ${path} demands a wrapped answer with a lifetime within its bounds.`;
    default:
      return "The policies refuse it.";
  }
}

const ROLES = ["decides", "runner-up"];

function Rules({ explanation }: { explanation: Explanation }) {
  const { candidates, candidate_count: count } = explanation;
  const more = count - candidates.length;
  return (
    <Table
      variant="embedded"
      items={candidates.map((rule, index) => ({ rule, rank: ROLES[index] ?? "weaker" }))}
      ariaLabels={{ tableLabel: "Rules that match the path, strongest first" }}
      columnDefinitions={[
        { id: "rank", header: "Rule", cell: ({ rank }) => rank },
        {
          id: "path",
          header: "Path",
          isRowHeader: true,
          cell: ({ rule }) => <code>{rule.path}</code>,
        },
        {
          id: "capabilities",
          header: "Capabilities",
          cell: ({ rule }) =>
            rule.capabilities.join(", ") + (rule.has_parameter_rules ? ", with conditions" : ""),
        },
        { id: "from", header: "From", cell: ({ rule }) => <Origins rule={rule} /> },
      ]}
      footer={more > 0 && `${more} weaker rules match too.`}
    />
  );
}

function Origins({ rule }: { rule: PolicyRule }) {
  const follow = useFollow();
  return (
    <>
      {rule.origins.map(({ policy, line }) => (
        <div key={`${policy}:${line}`}>
          <Link href={`/policies/${encodeURIComponent(policy)}`} onFollow={follow}>
            {policy}
          </Link>
          , line {line}
        </div>
      ))}
    </>
  );
}
