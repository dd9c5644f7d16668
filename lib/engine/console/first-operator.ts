import { createHash, timingSafeEqual } from "node:crypto";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import { CONSOLE_OIDC } from "@/lib/engine/console/oidc";
import { PRESET_POLICIES } from "@/lib/engine/policy/presets";
import type { Effect } from "@/lib/engine/effects";
import { EngineError, invalidRequest } from "@/lib/engine/errors";
import { UNTUNED } from "@/lib/engine/mount/config";
import type { Mount } from "@/lib/engine/mount/mount";
import type { Ports } from "@/lib/engine/ports";
import type { Secret } from "@/lib/engine/secret";
import { DEFAULT_TOKEN_PARAMETERS } from "@/lib/engine/token/parameters";
import { USER, userToJson } from "@/lib/engine/userpass/user";

/** The document of the system mount that says that the set-up has been done; it is done once. */
const FIRST_OPERATOR = "first_operator";
const USERPASS = "userpass";
const CODE_GROUPS = 4;
const CODE_GROUP_CHARACTERS = 5;
/** Without letters that are taken for digits. */
const CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const PASSWORD_CHARACTERS_MIN = 12;
const TOKEN_TTL_SECONDS = 12 * 3600;

/**
 * The code that lets somebody create the first operator: the same for every instance, as it is derived
 * from the installation's own key; worth nothing once there is an operator. 100 bits.
 */
export function firstOperatorCode(ports: Pick<Ports, "keys" | "system">): string {
  const mac = ports.keys.hmac("replay", `first operator of ${ports.system.clusterId}`);
  const bytes = createHash("sha256").update(mac).digest();
  const letters = [...bytes.subarray(0, CODE_GROUPS * CODE_GROUP_CHARACTERS)].map(
    (byte) => CODE_ALPHABET[byte % CODE_ALPHABET.length] ?? "",
  );
  return Array.from({ length: CODE_GROUPS }, (_, group) =>
    letters.slice(group * CODE_GROUP_CHARACTERS, (group + 1) * CODE_GROUP_CHARACTERS).join(""),
  ).join("-");
}

/** True while nobody can sign in to the console but with a token. */
export async function awaitsFirstOperator(config: ConfigSnapshot): Promise<boolean> {
  const sys = config.mounts.byFullPath("sys/");
  if (sys === null) return false;
  if ((await config.setting(sys.id, FIRST_OPERATOR, "")) !== null) return false;
  for (const mount of config.mounts.all) {
    if (mount.class !== "auth") continue;
    if (mount.type === CONSOLE_OIDC) return false;
    if (mount.type !== USERPASS) continue;
    if ((await config.settingKeys(mount.id, USER)).length > 0) return false;
  }
  return true;
}

export type FirstOperator = { code: string; username: string; password: Secret };

/**
 * Creates the first operator, who may do everything, with the mount and the preset policies where they
 * are missing.
 *
 * @throws EngineError `permission_denied` (a wrong code, or there is an operator already),
 *   `invalid_request` (a name or a password that will not do), `conflict` (somebody else was first).
 */
export async function createFirstOperator(ports: Ports, first: FirstOperator): Promise<void> {
  const config = await ports.extras.snapshot();
  const isRight = isSameCode(first.code, firstOperatorCode(ports));
  if (!isRight || !(await awaitsFirstOperator(config))) {
    throw new EngineError("permission_denied", "This code is not, or no longer, good.");
  }
  const name = checkedName(first.username);
  checkPassword(first.password);
  const sys = config.mounts.byFullPath("sys/");
  if (sys === null) throw new EngineError("internal", "there is no system mount");
  const mount = userpassMount(ports, config);
  const user = {
    name,
    parameters: { ...DEFAULT_TOKEN_PARAMETERS, policies: ["admin"], ttlSeconds: TOKEN_TTL_SECONDS },
    legacy: [],
  };
  await ports.commit(
    [
      ...mount.effects,
      ...(await missingPolicies(config)),
      {
        kind: "put_setting",
        mountId: mount.id,
        setting: USER,
        key: name,
        body: userToJson(user),
        secret: await ports.passwords.hash(first.password),
        revision: 0,
      },
      {
        kind: "put_setting",
        mountId: sys.id,
        setting: FIRST_OPERATOR,
        key: "",
        body: { name },
        revision: 0,
      },
    ],
    {
      name: "console.first_operator",
      path: `auth/userpass/users/${name}`,
      detail: { username: name, policies: ["admin"] },
    },
  );
}

/** An operator may have removed some since the installation began. */
async function missingPolicies(config: ConfigSnapshot): Promise<Effect[]> {
  const effects: Effect[] = [];
  for (const [name, text] of Object.entries(PRESET_POLICIES)) {
    if ((await config.policy(name)) === null) effects.push({ kind: "put_policy", name, text });
  }
  return effects;
}

function userpassMount(ports: Ports, config: ConfigSnapshot): { id: string; effects: Effect[] } {
  const path = `${USERPASS}/`;
  const there = config.mounts.byFullPath(`auth/${path}`);
  if (there !== null) {
    if (there.type === USERPASS) return { id: there.id, effects: [] };
    throw invalidRequest("auth/userpass/ is taken by another method.");
  }
  const mount: Mount = {
    id: ports.random.uuid(),
    class: "auth",
    path,
    fullPath: `auth/${path}`,
    type: USERPASS,
    accessor: `auth_${USERPASS}_${ports.random.bytes(4).toString("hex")}`,
    description: "operators of the console",
    config: { ...UNTUNED, tokenType: "default-service" },
    options: {},
    local: false,
    sealWrap: false,
    externalEntropyAccess: false,
    tainted: false,
  };
  const refused = new EngineError("conflict", "somebody else enables auth/userpass/");
  return { id: mount.id, effects: [{ kind: "enable_mount", mount, refused }] };
}

function isSameCode(given: string, right: string): boolean {
  const plain = (code: string): Buffer =>
    createHash("sha256")
      .update(code.toUpperCase().replace(/[^A-Z0-9]/g, ""))
      .digest();
  return timingSafeEqual(plain(given), plain(right));
}

function checkedName(username: string): string {
  const name = username.toLowerCase();
  if (!/^\w(?:[\w.-]{0,62}\w)?$/.test(name)) {
    throw invalidRequest("A name has up to 64 letters, digits, _, and - or . inside.");
  }
  return name;
}

function checkPassword(password: Secret): void {
  if (password.reveal().length < PASSWORD_CHARACTERS_MIN) {
    throw invalidRequest(`A password has at least ${PASSWORD_CHARACTERS_MIN} characters.`);
  }
}
