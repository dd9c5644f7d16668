"use client";

import { useRouter } from "next/navigation";
import { Page } from "@/components/page";
import { RefusalState } from "@/components/refusal-state";
import type { AuthMount } from "@/lib/console/auth-mounts";
import type { Refusal } from "@/lib/console/refusal";

/** The page of a role that may not be read or is not there. */
export function RoleRefused({
  mount,
  name,
  refusal,
}: {
  mount: AuthMount;
  name: string;
  refusal: Refusal;
}) {
  const router = useRouter();
  return (
    <Page
      title={name}
      apiPath={`auth/${mount.path}role/${name}`}
      above={[
        { text: "AWS auth mounts", href: "/auth" },
        { text: `auth/${mount.path}`, href: `/auth/${mount.accessor}` },
        { text: "Auth roles", href: `/auth/${mount.accessor}/roles` },
      ]}
    >
      <RefusalState
        what="The role is not shown."
        refusal={refusal}
        onRetry={() => router.refresh()}
      />
    </Page>
  );
}
