import { findRole } from "@/lib/engine/approle/role";
import { invalidRequest } from "@/lib/engine/errors";
import type { AuthMethod } from "@/lib/engine/ports";

/** Tokens of AppRole logins renew on their role's present terms, as long as there is the role. */
export const approleAuth: AuthMethod = {
  async renewal(_ports, scope, token) {
    const name = token.renewal?.["role"];
    if (typeof name !== "string" || token.mountId === null) {
      throw invalidRequest("failed to fetch role_name during renewal");
    }
    const stored = await findRole(scope.config, token.mountId, name);
    if (stored === null) throw invalidRequest(`role "${name}" does not exist during renewal`);
    const { ttlSeconds, maxTtlSeconds, periodSeconds } = stored.role.parameters;
    return { ttlSeconds, maxTtlSeconds, periodSeconds };
  },
};
