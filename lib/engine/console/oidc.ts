import { answered, effected, told, type Decision } from "@/lib/engine/answer";
import type { Effect } from "@/lib/engine/effects";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import type { Mount } from "@/lib/engine/mount/mount";
import type { Ports } from "@/lib/engine/ports";
import { sanitisePolicies } from "@/lib/engine/policy/sanitise";
import type { RequestScope } from "@/lib/engine/scope";
import { SESSION_SECONDS_MAX } from "@/lib/engine/console/session";
import { grantLogin } from "@/lib/engine/token/grant-login";
import { DEFAULT_TOKEN_PARAMETERS } from "@/lib/engine/token/parameters";

/** The type of the built-in mount whose tokens operators hold that come from a sign-in provider. */
export const CONSOLE_OIDC = "console-oidc";
export const CONSOLE_OIDC_PATH = `${CONSOLE_OIDC}/`;

const GROUP = "group";
const GROUP_CHARACTERS_MAX = 512;
const GROUPS_MAX = 1000;

/** What the sign-in provider says of a person, verified by the console. */
export type OidcClaims = { subject: string; name: string; groups: readonly string[] };

/** The built-in mount, as it comes to be when a sign-in provider is first configured. */
export function consoleOidcMount(ports: Pick<Ports, "random">): Effect {
  const mount: Mount = {
    id: ports.random.uuid(),
    class: "auth",
    path: CONSOLE_OIDC_PATH,
    fullPath: `auth/${CONSOLE_OIDC_PATH}`,
    type: CONSOLE_OIDC,
    accessor: `auth_${CONSOLE_OIDC}_${ports.random.bytes(4).toString("hex")}`,
    description: "console operators of the sign-in provider",
    config: {
      defaultLeaseTtlSeconds: 0,
      maxLeaseTtlSeconds: 0,
      forceNoCache: false,
      tokenType: "default-service",
    },
    options: {},
    local: false,
    sealWrap: false,
    externalEntropyAccess: false,
    tainted: false,
  };
  return {
    kind: "enable_mount",
    mount,
    refused: invalidRequest(`path is already in use at ${CONSOLE_OIDC_PATH}`),
  };
}

/**
 * Gives a person the policies of their groups, for as long as a console session may last. Whoever has
 * no group that is known here gets the default policy alone.
 *
 * @throws EngineError `permission_denied`: the claims did not come from this program's own sign-in.
 */
export async function loginByClaims(
  ports: Ports,
  scope: RequestScope,
  claims: OidcClaims,
): Promise<Decision> {
  if (!scope.isInside) throw new EngineError("permission_denied", "permission denied");
  if (claims.subject === "") throw invalidRequest("missing subject");
  const policies = new Set<string>();
  for (const group of claims.groups.slice(0, GROUPS_MAX)) {
    for (const policy of await policiesOf(scope, group)) policies.add(policy);
  }
  return grantLogin(ports, scope, {
    displayName: claims.name === "" ? claims.subject : claims.name,
    parameters: {
      ...DEFAULT_TOKEN_PARAMETERS,
      policies: [...policies],
      ttlSeconds: SESSION_SECONDS_MAX,
      maxTtlSeconds: SESSION_SECONDS_MAX,
      type: "service",
    },
    metadata: { subject: claims.subject },
    alias: { name: claims.subject, metadata: { name: claims.name } },
    renewal: {},
  });
}

async function policiesOf(scope: RequestScope, group: string): Promise<string[]> {
  if (group === "" || group.length > GROUP_CHARACTERS_MAX) return [];
  const setting = await scope.config.setting(scope.mount.id, GROUP, group);
  const policies = setting?.body["policies"];
  return Array.isArray(policies) ? policies.filter((name) => typeof name === "string") : [];
}

export async function listGroups(scope: RequestScope): Promise<Decision> {
  const settings = await scope.config.settings(scope.mount.id, GROUP);
  if (settings.length === 0) return answered(null);
  return told({
    keys: settings.map(({ key }) => key),
    key_info: Object.fromEntries(
      settings.map(({ key, body }) => [key, { policies: body["policies"] ?? [] }]),
    ),
  });
}

export async function readGroup(scope: RequestScope, group: string): Promise<Decision> {
  const setting = await scope.config.setting(scope.mount.id, GROUP, group);
  return setting === null ? answered(null) : told({ policies: setting.body["policies"] ?? [] });
}

export async function groupExists(scope: RequestScope, group: string): Promise<boolean> {
  return (await scope.config.setting(scope.mount.id, GROUP, group)) !== null;
}

/**
 * Maps a group, as the provider names it, to policies.
 *
 * @throws EngineError `invalid_request`: no name, or a policy that no login may give.
 */
export async function writeGroup(
  scope: RequestScope,
  group: string,
  policies: readonly string[] | undefined,
): Promise<Decision> {
  if (group === "") throw invalidRequest("missing group name");
  if (group.length > GROUP_CHARACTERS_MAX) {
    throw invalidRequest(`a group's name has at most ${GROUP_CHARACTERS_MAX} characters`);
  }
  const names = sanitisePolicies(policies ?? [], false);
  if (names.includes("root")) throw invalidRequest("no group can be given the root policy");
  const stored = await scope.config.setting(scope.mount.id, GROUP, group);
  return effected({
    kind: "put_setting",
    mountId: scope.mount.id,
    setting: GROUP,
    key: group,
    body: { policies: [...names] },
    revision: stored?.revision ?? 0,
  });
}

export function deleteGroup(scope: RequestScope, group: string): Decision {
  return effected({ kind: "delete_setting", mountId: scope.mount.id, setting: GROUP, key: group });
}
