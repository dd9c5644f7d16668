import { answered, told, type Decision } from "@/lib/engine/answer";
import { CONSOLE_OIDC } from "@/lib/engine/console/oidc";
import { SESSIONS_MAX } from "@/lib/engine/console/sign-in";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import { findUser, USER } from "@/lib/engine/userpass/user";

/** Users that a list shows at most. */
const OPERATORS_MAX = 10_000;

/**
 * Who can sign in to the console: users with a password, by mount, and groups of the sign-in provider,
 * with their policies and how many sessions are open.
 */
export async function listOperators(ports: Ports, scope: RequestScope): Promise<Decision> {
  const sessions = await ports.consoleSessions.live(SESSIONS_MAX);
  const info: Record<string, unknown> = {};
  for (const mount of scope.config.mounts.all) {
    if (mount.class !== "auth") continue;
    if (mount.type === "userpass") {
      const names = await scope.config.settingKeys(mount.id, USER);
      for (const name of names.slice(0, OPERATORS_MAX)) {
        const stored = await findUser(scope.config, mount.id, name);
        const open = sessions.filter((one) => one.mountId === mount.id && one.alias === name);
        info[`${mount.fullPath}users/${name}`] = {
          kind: "user",
          name,
          mount_path: mount.fullPath,
          policies: stored?.user.parameters.policies ?? [],
          sessions: open.length,
        };
      }
    } else if (mount.type === CONSOLE_OIDC) {
      const groups = await scope.config.settings(mount.id, "group");
      for (const { key, body } of groups) {
        info[`${mount.fullPath}groups/${key}`] = {
          kind: "group",
          name: key,
          mount_path: mount.fullPath,
          policies: body["policies"] ?? [],
        };
      }
    }
  }
  const keys = Object.keys(info).sort();
  return keys.length === 0 ? answered(null) : told({ keys, key_info: info });
}
