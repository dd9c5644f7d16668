import { listLockedUsers, unlockUser } from "@/lib/engine/system/lockout";
import { text } from "@/lib/vault-api/fields";
import { route, type AnyRoute } from "@/lib/vault-api/route";

/** Paths are relative to `sys/`. */
export const lockoutRoutes: readonly AnyRoute[] = [
  route({
    path: "locked-users",
    fields: { mount_accessor: text() },
    read: ({ ports, fields }) => listLockedUsers(ports, fields.mount_accessor),
    help: "Logins that are locked after too many failures.",
  }),
  route({
    path: "locked-users/:mount_accessor/unlock/*alias_identifier",
    fields: { mount_accessor: text(), alias_identifier: text() },
    update: ({ fields: { mount_accessor = "", alias_identifier = "" } }) =>
      Promise.resolve(unlockUser(mount_accessor, alias_identifier)),
    help: "Lets a locked login try again at once.",
  }),
];
