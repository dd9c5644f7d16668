"use client";

import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { endText } from "@/app/(console)/tokens/token-columns";
import { Ago } from "@/components/ago";
import type { TokenDetail } from "@/lib/console/tokens";

/** How a token stands, in a sentence. */
export function TokenState({ token }: { token: TokenDetail }) {
  if (token.state === "ended") {
    return (
      <StatusIndicator type="stopped">
        Ended <Ago at={token.ended_at} />: {endText(token.end_reason)}
      </StatusIndicator>
    );
  }
  if (token.expires_at === null) {
    return (
      <StatusIndicator type="warning">Live, and never ends unless it is revoked</StatusIndicator>
    );
  }
  return (
    <StatusIndicator type="success">
      Live, ends <Ago at={token.expires_at} />
    </StatusIndicator>
  );
}
