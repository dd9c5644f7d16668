import type { Decision } from "@/lib/engine/answer";
import { cidrsAdmit } from "@/lib/engine/cidr";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import type { AuthMethod, Ports } from "@/lib/engine/ports";
import { sanitisePolicies } from "@/lib/engine/policy/sanitise";
import type { RequestScope } from "@/lib/engine/scope";
import { Secret } from "@/lib/engine/secret";
import { refuseLocked, refuseLogin } from "@/lib/engine/system/lockout";
import { grantLogin } from "@/lib/engine/token/grant-login";
import { findUser } from "@/lib/engine/userpass/user";
import { USERNAME_CHARACTERS_MAX } from "@/lib/engine/userpass/users";

/**
 * Logs in with a password. Unknown names take as long as known ones and count towards a lock alike.
 *
 * @throws EngineError `invalid_request` (wrong name or password), `permission_denied` (locked out, or
 *   an address outside the user's).
 * @see https://developer.hashicorp.com/vault/api-docs/auth/userpass#login
 */
export async function login(
  ports: Ports,
  scope: RequestScope,
  username: string,
  password: string,
): Promise<Decision> {
  const name = username.toLowerCase();
  const wrong = invalidRequest("invalid username or password");
  if (name.length > USERNAME_CHARACTERS_MAX) throw wrong;
  await refuseLocked(ports, scope, name);
  if (password === "") throw invalidRequest("invalid credentials");

  const stored = await findUser(scope.config, scope.mount.id, name);
  const right = await ports.passwords.verify(new Secret(password), stored?.passwordHash ?? null);
  // Guesses made at once wait for one another in the comparison: those behind the last one that is
  // allowed must not count, whether right or wrong.
  const gate = await refuseLocked(ports, scope, name);
  if (stored === null) return refuseLogin(scope, gate, wrong);
  if (!right) return refuseLogin(scope, gate, knownButWrong(wrong));
  const { parameters } = stored.user;
  if (!cidrsAdmit(parameters.boundCidrs, scope.clientAddress)) {
    throw new EngineError("permission_denied", "permission denied");
  }
  return grantLogin(ports, scope, {
    displayName: name,
    parameters,
    metadata: { username: name },
    alias: { name, metadata: {} },
    renewal: { username: name },
    effects: gate.onSuccess,
  });
}

/** Told like an unknown name; only the log says that the name is known. */
function knownButWrong(wrong: EngineError): EngineError {
  return new EngineError(wrong.kind, wrong.message, { audited: "invalid credentials" });
}

/** Tokens of a user renew as long as there is the user and its policies are those of the token. */
export const userpassAuth: AuthMethod = {
  async renewal(_ports, scope, token) {
    const name = token.renewal?.["username"];
    if (typeof name !== "string" || token.mountId === null) {
      throw invalidRequest("username does not exist");
    }
    const stored = await findUser(scope.config, token.mountId, name);
    if (stored === null) throw invalidRequest("username does not exist");
    const { policies, ttlSeconds, maxTtlSeconds, periodSeconds } = stored.user.parameters;
    if (!sameBesideDefault(sanitisePolicies(policies, false), token.policies)) {
      throw invalidRequest("policies have changed, not renewing");
    }
    return { ttlSeconds, maxTtlSeconds, periodSeconds };
  },
};

function sameBesideDefault(one: readonly string[], other: readonly string[]): boolean {
  const key = (names: readonly string[]) =>
    JSON.stringify([...new Set(names)].filter((name) => name !== "default").sort());
  return key(one) === key(other);
}
