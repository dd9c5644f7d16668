"use client";

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { Answer } from "@/app/(console)/respond/answer";
import { FreezesInForce } from "@/app/(console)/respond/freezes-in-force";
import { Page } from "@/components/page";
import { useUrlState } from "@/components/url-state";
import { identifiersIn } from "@/lib/console/respond-text";

const SEPARATOR = " ";

/**
 * From whatever leaked to its verified stop: paste, look, stop.
 *
 * @param whyNotStop why the operator may stop nothing; empty: they may.
 */
export function RespondPage({ whyNotStop }: { whyNotStop: string }) {
  const [query, setQuery] = useUrlState("q");
  const [text, setText] = useState(query);
  const [secrets, setSecrets] = useState(0);
  const identifiers = query === "" ? [] : query.split(SEPARATOR);
  const paste = (typed: string): void => {
    const pasted = identifiersIn(typed);
    setSecrets(pasted.secrets);
    // A secret does not stay on the page, and only identifiers are part of its address.
    setText(pasted.secrets > 0 ? pasted.identifiers.join("\n") : typed);
    setQuery(pasted.identifiers.join(SEPARATOR));
  };
  return (
    <Page
      title="Respond"
      description="From a leaked key to a verified stop."
      apiPath="sys/leasehold/leases"
      help={{ title: "Respond", content: <Help /> }}
    >
      <SpaceBetween size="l">
        <FormField
          stretch
          label="What leaked, or who looks wrong"
          description="An access key id, ARN, lease id, accessor or session name, or any text that holds some. Secrets are taken out here and never sent."
        >
          <Textarea
            value={text}
            rows={3}
            autoFocus
            spellcheck={false}
            placeholder="ASIA… or arn:aws:iam::111122223333:role/app"
            onChange={({ detail }) => paste(detail.value)}
          />
        </FormField>
        {secrets > 0 && (
          <Alert type="warning" header="A secret was pasted">
            {secrets === 1 ? "What looks like a secret was" : `${secrets} secrets were`} taken out
            of the box, and stayed in this window. Whoever can read where you copied it from can
            read it too: stop the credential below.
          </Alert>
        )}
        {identifiers.length === 0 && text.trim() !== "" && secrets === 0 && (
          <Alert type="info">Nothing in this text looks like an identifier.</Alert>
        )}
        {identifiers.map((identifier) => (
          <Answer key={identifier} identifier={identifier} whyNotStop={whyNotStop} />
        ))}
        <FreezesInForce />
      </SpaceBetween>
    </Page>
  );
}

function Help() {
  return (
    <SpaceBetween size="s">
      <Box>
        Paste what you have. Each credential behind it is a card that says whether it still works,
        who holds it and when it ends.
      </Box>
      <Box>
        “Stop” ends the lease: IAM users are deleted, AWS sessions are denied where their mount does
        so. The card follows AWS until the stop is verified, and says so where a session stays
        valid.
      </Box>
      <Box>
        A freeze keeps a principal or role from new logins and credentials for a time; it does not
        end what they hold.
      </Box>
    </SpaceBetween>
  );
}
