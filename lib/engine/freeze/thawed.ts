import { iamType, parsePrincipalArn, type Principal } from "@/lib/engine/aws-auth/principal";
import { EngineError } from "@/lib/engine/errors";
import { type Freeze, freezesOf, type FreezeTarget } from "@/lib/engine/freeze/freeze";
import type { JsonObject } from "@/lib/engine/json";
import type { Ports } from "@/lib/engine/ports";
import { callerOf, type RequestScope } from "@/lib/engine/scope";
import type { Token } from "@/lib/engine/token/token";

/** A child's child's child: further up nobody looks. */
const PARENTS_MAX = 100;

/** What a login is by: its role and, where AWS vouched for one, its principal. */
type Identity = { mountId: string; role: string; principal: Principal | null };

/**
 * Refuses a login whose principal or role is frozen.
 *
 * @param renewal what the auth method keeps with the token it is about to grant.
 * @throws EngineError `permission_denied` with the end of the freeze and its message.
 */
export async function requireLoginThawed(
  ports: Ports,
  scope: RequestScope,
  renewal: JsonObject,
): Promise<void> {
  const active = await activeFreezes(ports, scope);
  const freeze = active.find(({ target }) => meets(target, identityOf(scope.mount.id, renewal)));
  if (freeze !== undefined) throw frozen("logins", freeze);
}

/**
 * Refuses a credential whose secrets role is frozen, or the login of its token, or the login of a token
 * above that one.
 *
 * @throws EngineError `permission_denied` with the end of the freeze and its message.
 */
export async function requireIssueThawed(
  ports: Ports,
  scope: RequestScope,
  role: string,
): Promise<void> {
  const active = await activeFreezes(ports, scope);
  if (active.length === 0) return;
  const identities = [
    { mountId: scope.mount.id, role, principal: null },
    ...(await identitiesAbove(ports, callerOf(scope).token)),
  ];
  const freeze = active.find(({ target }) => identities.some((one) => meets(target, one)));
  if (freeze !== undefined) throw frozen("credentials", freeze);
}

async function activeFreezes(
  ports: Pick<Ports, "clock">,
  { config }: RequestScope,
): Promise<readonly Freeze[]> {
  const all = await freezesOf(config);
  if (all.length === 0) return all;
  const now = ports.clock.now();
  return all.filter(({ until }) => until > now);
}

async function identitiesAbove(ports: Ports, token: Token): Promise<Identity[]> {
  const found: Identity[] = [];
  let one: Token | null = token;
  for (let above = 0; one !== null && above < PARENTS_MAX; above += 1) {
    if (one.mountId !== null && one.renewal !== null) {
      found.push(identityOf(one.mountId, one.renewal));
    }
    one = one.parentHmac === null ? null : await ports.tokens.byHmac(one.parentHmac);
  }
  return found;
}

function identityOf(mountId: string, renewal: JsonObject): Identity {
  const { role, username, clientArn } = renewal;
  const name = typeof role === "string" ? role : username;
  return {
    mountId,
    role: typeof name === "string" ? name : "",
    principal: typeof clientArn === "string" ? parsePrincipalArn(clientArn) : null,
  };
}

/** Names of mounts' roles and of IAM are told apart without case. */
function meets(target: FreezeTarget, identity: Identity): boolean {
  if (target.kind === "role") {
    return target.mountId === identity.mountId && isSame(target.name, identity.role);
  }
  const { principal } = identity;
  return (
    principal !== null &&
    target.account === principal.account &&
    target.type === iamType(principal.type) &&
    isSame(target.name, principal.name) &&
    (target.session === "" || target.session === principal.session)
  );
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function frozen(what: "logins" | "credentials", freeze: Freeze): EngineError {
  const until = freeze.until.toISOString().replace(/\.\d+Z$/, "Z");
  const message = freeze.message === "" ? "" : `: ${freeze.message}`;
  return new EngineError("permission_denied", `new ${what} are frozen until ${until}${message}`);
}
