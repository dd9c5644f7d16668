"use client";

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { revokeTokenAction } from "@/app/(console)/tokens/actions";
import { ActionModal } from "@/components/action-modal";
import { Ago } from "@/components/ago";
import { useChange } from "@/components/change";
import type { FallingLeases, TokenDetail } from "@/lib/console/tokens";
import { fallText, kindText } from "@/lib/console/tokens-words";

const NAMED_MAX = 8;

/** Ends a token, after showing which leases and tokens fall with it and what that means at AWS. */
export function RevokeToken({
  token,
  ownAccessor,
  onClose,
}: {
  token: TokenDetail;
  ownAccessor: string;
  onClose: () => void;
}) {
  const router = useRouter();
  const [reason, setReason] = useState("");
  const [isAsked, setAsked] = useState(false);
  const change = useChange(revokeTokenAction, () => {
    router.refresh();
    onClose();
    return true;
  });
  const isMissing = isAsked && reason.trim() === "";
  return (
    <ActionModal
      title={`Revoke token ${token.accessor}`}
      label="Revoke token"
      refusedText="The token was not revoked."
      change={change}
      onRun={() => {
        setAsked(true);
        if (reason.trim() !== "") change.run({ accessor: token.accessor, reason: reason.trim() });
      }}
      onClose={onClose}
    >
      <OwnWarning token={token} ownAccessor={ownAccessor} />
      <div>
        <strong>{token.display_name || token.accessor}</strong> can do nothing with it from its next
        request on. This cannot be taken back; logging in again gives a new token.
      </div>
      <FallingTokens token={token} />
      <Falling groups={token.falls_with_it?.groups ?? []} token={token} />
      <FormField
        label="Reason"
        description="Kept in the audit log, in clear."
        errorText={isMissing ? "Say why: it is kept in the audit log." : change.fields["reason"]}
      >
        <Textarea
          value={reason}
          rows={2}
          onChange={({ detail }) => setReason(detail.value.slice(0, 500))}
        />
      </FormField>
    </ActionModal>
  );
}

function OwnWarning({ token, ownAccessor }: { token: TokenDetail; ownAccessor: string }) {
  const isParent = token.child_tokens.some(({ accessor }) => accessor === ownAccessor);
  if (token.accessor !== ownAccessor && !isParent) return null;
  return (
    <Alert type="warning" header="You are signed in with this token">
      {isParent ? "Your session is a child of it. " : ""}Revoking it signs you out at once, and ends
      what you drew with it.
    </Alert>
  );
}

function FallingTokens({ token }: { token: TokenDetail }) {
  const falls = token.falls_with_it;
  const count = (falls?.tokens ?? 1) - 1;
  if (count <= 0) return <div>No child token falls with it.</div>;
  const named = token.child_tokens.slice(0, NAMED_MAX);
  return (
    <div>
      <strong>
        {falls?.is_more === true && "More than "}
        {count} child {count === 1 ? "token falls" : "tokens fall"} with it
      </strong>
      <ul>
        {named.map((child) => (
          <li key={child.accessor}>
            <code>{child.accessor}</code> {child.display_name}
          </li>
        ))}
        {named.length < count && <li>and {count - named.length} more</li>}
      </ul>
    </div>
  );
}

function Falling({ groups, token }: { groups: readonly FallingLeases[]; token: TokenDetail }) {
  if (groups.length === 0) return <div>No live lease falls with it.</div>;
  const named = token.own_leases.slice(0, NAMED_MAX);
  const total = token.falls_with_it?.leases ?? named.length;
  return (
    <SpaceBetween size="xs">
      <strong>
        {token.falls_with_it?.is_more === true && "More than "}
        {total} live {total === 1 ? "lease falls" : "leases fall"} with it
      </strong>
      {groups.map((group) => (
        <div key={`${group.credential_type} ${group.mount_path ?? ""} ${group.stops_at_aws}`}>
          <Box variant="strong">
            {group.count} {kindText(group.credential_type)} of {group.mount_path ?? "a mount"}
          </Box>
          <div>
            {fallText(group)}
            {group.aws_honours_until !== null && (
              <>
                {" "}
                The last one ends <Ago at={group.aws_honours_until} />.
              </>
            )}
          </div>
        </div>
      ))}
      <ul>
        {named.map(({ lease_id: id }) => (
          <li key={id}>
            <code>{id}</code>
          </li>
        ))}
        {named.length < total && <li>and {total - named.length} more</li>}
      </ul>
    </SpaceBetween>
  );
}
