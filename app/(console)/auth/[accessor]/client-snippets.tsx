"use client";

import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { Snippets } from "@/components/snippets";
import type { AuthMount, ClientConfig } from "@/lib/console/auth-mounts";
import { clientSnippets } from "@/lib/console/client-snippets";

/** How clients log in through the mount; they need no secret of ours, so there is none in here. */
export function ClientSnippets({
  mount,
  client,
}: {
  mount: AuthMount;
  /** Null: not told to this operator. */
  client: ClientConfig | null;
}) {
  const [role, setRole] = useState("my-role");
  const snippets = clientSnippets({
    mount: mount.path.slice(0, -1),
    role: role.trim() === "" ? "my-role" : role.trim(),
    serverId: client?.iam_server_id_header_value ?? "",
    region: client?.sts_region ?? "",
  });
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={
            client === null
              ? "Without the mount’s Server-ID and region, which are not shown to you."
              : "Filled in with the values of this mount."
          }
        >
          Client snippets
        </Header>
      }
    >
      <SpaceBetween size="m">
        <FormField label="Role">
          <Input value={role} spellcheck={false} onChange={({ detail }) => setRole(detail.value)} />
        </FormField>
        <Snippets snippets={snippets} />
      </SpaceBetween>
    </Container>
  );
}
