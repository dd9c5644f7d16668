import { answered, effected, told, type Decision } from "@/lib/engine/answer";
import { invalidRequest } from "@/lib/engine/errors";
import type { Ports } from "@/lib/engine/ports";
import type { RequestScope } from "@/lib/engine/scope";
import { Secret } from "@/lib/engine/secret";
import { changeTokenParameters, type TokenParameterInput } from "@/lib/engine/token/parameters";
import {
  blankUser,
  findUser,
  USER,
  userData,
  userToJson,
  type LegacyName,
  type StoredUser,
  type User,
} from "@/lib/engine/userpass/user";

/** Longer names are nobody's. */
export const USERNAME_CHARACTERS_MAX = 512;

const BCRYPT_HASH_CHARACTERS = 60;
/** Each step doubles the time of a login; the highest of Go's would take days. */
const BCRYPT_COST_MAX = 16;

/** A password or its bcrypt hash, as supplied; undefined: not supplied. */
export type PasswordInput = {
  password?: string | undefined;
  passwordHash?: string | undefined;
};

/** What was supplied for a user; undefined: not supplied. */
export type UserInput = PasswordInput &
  TokenParameterInput & {
    policies?: string[] | undefined;
    ttl?: number | undefined;
    max_ttl?: number | undefined;
    bound_cidrs?: string[] | undefined;
  };

export async function userExists(scope: RequestScope, name: string): Promise<boolean> {
  return (await findUser(scope.config, scope.mount.id, name)) !== null;
}

/**
 * Creates a user or changes what was supplied of one.
 *
 * @throws EngineError `invalid_request` with Vault's text.
 * @see https://developer.hashicorp.com/vault/api-docs/auth/userpass#create-update-user
 */
export async function writeUser(
  ports: Ports,
  scope: RequestScope,
  name: string,
  input: UserInput,
): Promise<Decision> {
  if (name.length > USERNAME_CHARACTERS_MAX) {
    throw invalidRequest(
      `username is longer than maximum of ${USERNAME_CHARACTERS_MAX} characters`,
    );
  }
  const stored = await findUser(scope.config, scope.mount.id, name);
  const supplied = input.password !== undefined || input.passwordHash !== undefined;
  const passwordHash = stored === null || supplied ? await hashOf(ports, input) : undefined;
  const before = stored?.user ?? blankUser(name.toLowerCase());
  return effected(putUser(scope, stored, changeUser(before, input), passwordHash));
}

/** Gives a user another password. @throws EngineError `invalid_request`. */
export async function writePassword(
  ports: Ports,
  scope: RequestScope,
  name: string,
  input: PasswordInput,
): Promise<Decision> {
  const stored = await getUser(scope, name);
  return effected(putUser(scope, stored, stored.user, await hashOf(ports, input)));
}

/** Gives a user other policies. @throws EngineError `invalid_request`. */
export async function writePolicies(
  scope: RequestScope,
  name: string,
  input: Pick<UserInput, "token_policies" | "policies">,
): Promise<Decision> {
  const stored = await getUser(scope, name);
  return effected(putUser(scope, stored, changeUser(stored.user, input), undefined));
}

export async function readUser(scope: RequestScope, name: string): Promise<Decision> {
  const stored = await findUser(scope.config, scope.mount.id, name);
  return stored === null ? answered(null) : told(userData(stored.user));
}

export async function listUsers(scope: RequestScope): Promise<Decision> {
  const keys = await scope.config.settingKeys(scope.mount.id, USER);
  return keys.length === 0 ? answered(null) : told({ keys });
}

export function deleteUser(scope: RequestScope, name: string): Decision {
  return effected({
    kind: "delete_setting",
    mountId: scope.mount.id,
    setting: USER,
    key: name.toLowerCase(),
  });
}

async function getUser(scope: RequestScope, name: string): Promise<StoredUser> {
  const stored = await findUser(scope.config, scope.mount.id, name);
  if (stored === null) throw invalidRequest("username does not exist");
  return stored;
}

function putUser(
  scope: RequestScope,
  stored: StoredUser | null,
  user: User,
  passwordHash: Secret | undefined,
) {
  return {
    kind: "put_setting",
    mountId: scope.mount.id,
    setting: USER,
    key: user.name,
    body: userToJson(user),
    ...(passwordHash !== undefined && { secret: passwordHash }),
    revision: stored?.setting.revision ?? 0,
  } as const;
}

function changeUser(stored: User, input: UserInput): User {
  const parameters = changeTokenParameters(stored.parameters, {
    ...input,
    token_policies: input.token_policies ?? input.policies,
    token_ttl: input.token_ttl ?? input.ttl,
    token_max_ttl: input.token_max_ttl ?? input.max_ttl,
    token_bound_cidrs: input.token_bound_cidrs ?? input.bound_cidrs,
  });
  const supplied: Record<LegacyName, { now: unknown; old: unknown }> = {
    policies: { now: input.token_policies, old: input.policies },
    ttl: { now: input.token_ttl, old: input.ttl },
    max_ttl: { now: input.token_max_ttl, old: input.max_ttl },
    bound_cidrs: { now: input.token_bound_cidrs, old: input.bound_cidrs },
  };
  const names = Object.keys(supplied) as LegacyName[];
  const legacy = names.filter((name) => {
    const { now, old } = supplied[name];
    return now === undefined && (old !== undefined || stored.legacy.includes(name));
  });
  return { ...stored, parameters, legacy };
}

/** The hash to store. @throws EngineError `invalid_request` unless exactly one was supplied. */
async function hashOf(ports: Pick<Ports, "passwords">, input: PasswordInput): Promise<Secret> {
  const { password, passwordHash } = input;
  if (password !== undefined && passwordHash !== undefined) {
    throw invalidRequest('"password" and "password_hash" cannot be supplied together');
  }
  if (passwordHash !== undefined) return new Secret(checkedHash(passwordHash));
  if (password === undefined) {
    throw invalidRequest('"password" or "password_hash" must be supplied');
  }
  if (password === "") throw invalidRequest("missing password");
  return ports.passwords.hash(new Secret(password));
}

function checkedHash(hash: string): string {
  if (hash.length !== BCRYPT_HASH_CHARACTERS) {
    throw invalidRequest("password hash has incorrect length");
  }
  const [, cost] = /^\$2[aby]?\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(hash) ?? [];
  if (cost === undefined) throw invalidRequest("password hash is not a bcrypt hash");
  if (Number(cost) < 4 || Number(cost) > BCRYPT_COST_MAX) {
    throw invalidRequest(`password hash must have a cost from 4 to ${BCRYPT_COST_MAX}`);
  }
  return hash;
}
