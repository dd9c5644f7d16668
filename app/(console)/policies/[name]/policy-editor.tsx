"use client";

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { DeletePolicy } from "@/app/(console)/policies/[name]/delete-policy";
import { PolicyText } from "@/app/(console)/policies/[name]/policy-text";
import { PolicyUsers } from "@/app/(console)/policies/[name]/policy-users";
import { ExplainPanel } from "@/app/(console)/policies/explain-panel";
import { Page } from "@/components/page";
import { ShowAsCode } from "@/components/show-as-code";
import { asCode } from "@/lib/console/as-code";
import type { Read } from "@/lib/console/operator";
import type { PolicyUsage } from "@/lib/console/policies";

const STARTER = `# What this policy is for.
path "aws/creds/app" {
  capabilities = ["read"]
}
`;

/** One policy: its text, what it would say, who hands it out. `stored` is null while there is none. */
export function PolicyEditor({
  name,
  stored,
  names,
  usage,
}: {
  name: string;
  stored: string | null;
  names: readonly string[];
  usage: Read<PolicyUsage[]>;
}) {
  const [text, setText] = useState(stored ?? STARTER);
  const [isDeleting, setDeleting] = useState(false);
  const isFixed = name === "root";
  const used = usage.ok ? (usage.data[0] ?? null) : null;
  return (
    <Page
      title={name}
      apiPath={`sys/policies/acl/${name}`}
      above={[{ text: "Policies", href: "/policies" }]}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <ShowAsCode code={codeOf(name, text)} />
          <Button
            disabled={isFixed || name === "default" || stored === null}
            disabledReason={
              stored === null ? "It is not stored yet." : "This policy is built in and stays."
            }
            onClick={() => setDeleting(true)}
          >
            Delete
          </Button>
        </SpaceBetween>
      }
    >
      <SpaceBetween size="l">
        {stored === null && (
          <Alert type="info" header="There is no policy of this name yet">
            Saving the text below creates it. Roles and tokens that carry its name already get what
            it grants at once.
          </Alert>
        )}
        {isFixed ? (
          <Alert type="info" header="The root policy is built in">
            It grants everything, has no text, and can neither be changed nor be deleted. A token
            has it alone or not at all.
          </Alert>
        ) : (
          <PolicyText name={name} stored={stored} text={text} onChange={setText} />
        )}
        {!isFixed && <ExplainPanel names={names} draft={{ name, text }} />}
        <PolicyUsers usage={usage} />
      </SpaceBetween>
      {isDeleting && <DeletePolicy name={name} used={used} onClose={() => setDeleting(false)} />}
    </Page>
  );
}

function codeOf(name: string, policy: string) {
  const indented = policy.trimEnd().replaceAll("${", "$${").replaceAll("%{", "%%{");
  return asCode({
    operation: "write",
    path: `sys/policies/acl/${name}`,
    data: { policy },
    terraform: `resource "vault_policy" "${name.replace(/\W+/g, "_")}" {\n  name   = ${JSON.stringify(name)}\n  policy = <<-EOT\n${indented.replace(/^/gm, "    ")}\n  EOT\n}`,
  });
}
