"use client";

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { saveRoleAction } from "@/app/(console)/auth/[accessor]/roles/actions";
import { DeleteRole } from "@/app/(console)/auth/[accessor]/roles/[name]/delete-role";
import { RoleForm } from "@/app/(console)/auth/[accessor]/roles/[name]/role-form";
import { useChange } from "@/components/change";
import { useFollow } from "@/components/follow";
import { Page } from "@/components/page";
import { ShowAsCode } from "@/components/show-as-code";
import type { AuthMount } from "@/lib/console/auth-mounts";
import { roleChanges, roleCode, roleValues } from "@/lib/console/auth-role-form";
import { authRoleHref, type AuthRole } from "@/lib/console/auth-roles";

type Props = {
  mount: AuthMount;
  /** Null: a new role. */
  name: string | null;
  stored: AuthRole | null;
  /** What a new role begins as. */
  begun: AuthRole | null;
  policyNames: readonly string[];
  /** What holds on the mount; null: not told to this operator. */
  ttls: { defaultSeconds: number; maxSeconds: number } | null;
};

/** One auth role, or a new one: who may log in with it, and what their tokens are like. */
export function RolePage({ mount, name, stored, begun, policyNames, ttls }: Props) {
  const router = useRouter();
  const follow = useFollow();
  const [typedName, setTypedName] = useState("");
  const [values, setValues] = useState(() => roleValues(stored ?? begun));
  const [isDeleting, setDeleting] = useState(false);
  const roleName = name ?? typedName.trim();
  const save = useChange(saveRoleAction, (saved) => {
    if (name === null) router.push(authRoleHref(mount.accessor, saved));
    return true;
  });
  const send = (changes: Record<string, unknown>): void =>
    save.run({ mount: mount.path, name: roleName, isNew: name === null, changes });
  return (
    <Page
      title={name ?? "New auth role"}
      apiPath={`auth/${mount.path}role/${roleName === "" ? "<name>" : roleName}`}
      above={[
        { text: "AWS auth mounts", href: "/auth" },
        { text: `auth/${mount.path}`, href: `/auth/${mount.accessor}` },
        { text: "Auth roles", href: `/auth/${mount.accessor}/roles` },
      ]}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <ShowAsCode code={roleCode(mount, roleName, values)} />
          {name !== null && (
            <Button
              href={`/auth/${mount.accessor}/roles/new?from=${encodeURIComponent(name)}`}
              onFollow={follow}
            >
              Clone
            </Button>
          )}
          {name !== null && <Button onClick={() => setDeleting(true)}>Delete</Button>}
        </SpaceBetween>
      }
    >
      {stored?.auth_type === "ec2" ? (
        <Ec2Notice />
      ) : (
        <RoleForm
          {...{ name, stored, values, policyNames, ttls, save, typedName }}
          onName={setTypedName}
          onChange={(changed) => setValues((now) => ({ ...now, ...changed }))}
          onSave={() => send(roleChanges(stored, values))}
          onRebind={() => send({ bound_iam_principal_arn: values.bound_iam_principal_arn })}
        />
      )}
      {isDeleting && name !== null && (
        <DeleteRole mount={mount} name={name} onClose={() => setDeleting(false)} />
      )}
    </Page>
  );
}

function Ec2Notice() {
  return (
    <Alert type="warning" header="A role for EC2 identity documents">
      Logins with such documents are not offered here, so nobody can log in with this role.
      Instances log in with their IAM role: create a role that binds it.
    </Alert>
  );
}
