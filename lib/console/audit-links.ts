import type { AuditEntry } from "@/lib/console/audit";
import { authRoleHref } from "@/lib/console/auth-roles";
import { secretsHref } from "@/lib/console/secrets-roles";

/** The page of the role that an entry is about; null: there is none, or it has no page. */
export function roleHref({
  role,
  path,
  mount_path: mount,
  mount_type: type,
  mount_class: kind,
  mount_accessor: accessor,
}: AuditEntry): string | null {
  if (role === null || accessor === null || mount === null || type !== "aws") return null;
  const [section] = path.slice(mount.length).split("/");
  if (kind === "auth") return section === "role" ? authRoleHref(accessor, role) : null;
  const isRole = section === "creds" || section === "sts" || section === "roles";
  return isRole ? secretsHref.role(accessor, role) : null;
}
