"use client";

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { DryRunDialog } from "@/app/(console)/auth/attempts/dry-run-dialog";
import { saveRoleAction } from "@/app/(console)/auth/[accessor]/roles/actions";
import { DeleteRole } from "@/app/(console)/auth/[accessor]/roles/[name]/delete-role";
import { RoleLoginsPanel } from "@/app/(console)/auth/[accessor]/roles/role-logins";
import { RoleForm } from "@/app/(console)/auth/[accessor]/roles/[name]/role-form";
import { useChange } from "@/components/change";
import { useFollow } from "@/components/follow";
import { Page } from "@/components/page";
import { type Code, ShowAsCode } from "@/components/show-as-code";
import type { RoleFigures } from "@/lib/console/attempts";
import { type AuthMount, authPath } from "@/lib/console/auth-mounts";
import { roleChanges, roleCode, roleValues } from "@/lib/console/auth-role-form";
import { authRoleHref, type AuthRole } from "@/lib/console/auth-roles";
import type { Read } from "@/lib/console/operator";

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
  /** Null: of a new role. */
  figures: Read<RoleFigures> | null;
};

/** One auth role, or a new one: who may log in with it, and what their tokens are like. */
export function RolePage({ mount, name, stored, begun, policyNames, ttls, figures }: Props) {
  const router = useRouter();
  const [typedName, setTypedName] = useState("");
  const [values, setValues] = useState(() => roleValues(stored ?? begun));
  const [open, setOpen] = useState<"delete" | "test" | null>(null);
  const roleName = name ?? typedName.trim();
  const save = useChange(saveRoleAction, (saved) => {
    if (name === null) router.push(authRoleHref(mount.accessor, saved));
    return true;
  });
  const send = (changes: Record<string, unknown>): void =>
    save.run({ mount: mount.path, name: roleName, isNew: name === null, changes });
  const rebind = (arns: readonly string[]): void => send({ bound_iam_principal_arn: arns });
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
        <Actions {...{ mount, name }} code={roleCode(mount, roleName, values)} onOpen={setOpen} />
      }
    >
      <SpaceBetween size="l">
        {name !== null && stored !== null && figures !== null && (
          <RoleLoginsPanel
            {...{ mount, name, stored, figures }}
            isRebinding={save.isRunning}
            onRebind={() => rebind(stored.bound_iam_principal_arn)}
          />
        )}
        {stored?.auth_type === "ec2" ? (
          <Ec2Notice />
        ) : (
          <RoleForm
            {...{ name, stored, values, policyNames, ttls, save, typedName }}
            onName={setTypedName}
            onChange={(changed) => setValues((now) => ({ ...now, ...changed }))}
            onSave={() => send(roleChanges(stored, values))}
            onRebind={() => rebind(values.bound_iam_principal_arn)}
          />
        )}
      </SpaceBetween>
      <Dialogs {...{ mount, name, open }} onClose={() => setOpen(null)} />
    </Page>
  );
}

type Opened = "delete" | "test";

function Actions({
  mount,
  name,
  code,
  onOpen,
}: Pick<Props, "mount" | "name"> & { code: Code; onOpen: (what: Opened) => void }) {
  const follow = useFollow();
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <ShowAsCode code={code} />
      {name !== null && <Button onClick={() => onOpen("test")}>Test a login</Button>}
      {name !== null && (
        <Button
          href={`/auth/${mount.accessor}/roles/new?from=${encodeURIComponent(name)}`}
          onFollow={follow}
        >
          Clone
        </Button>
      )}
      {name !== null && <Button onClick={() => onOpen("delete")}>Delete</Button>}
    </SpaceBetween>
  );
}

function Dialogs({
  mount,
  name,
  open,
  onClose,
}: Pick<Props, "mount" | "name"> & { open: Opened | null; onClose: () => void }) {
  if (name === null || open === null) return null;
  if (open === "delete") return <DeleteRole mount={mount} name={name} onClose={onClose} />;
  const path = authPath(mount, "");
  return (
    <DryRunDialog
      mountPaths={[path]}
      begun={{ mount: path, role: name }}
      isRoleFixed
      onClose={onClose}
    />
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
