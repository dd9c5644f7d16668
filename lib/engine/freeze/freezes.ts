import { answered, effected, told, type Decision } from "@/lib/engine/answer";
import { iamType, parsePrincipalArn } from "@/lib/engine/aws-auth/principal";
import type { Effect } from "@/lib/engine/effects";
import { invalidRequest } from "@/lib/engine/errors";
import {
  FREEZE,
  type Freeze,
  freezesOf,
  freezeToJson,
  type FreezeTarget,
} from "@/lib/engine/freeze/freeze";
import { withoutHidden } from "@/lib/engine/hidden-characters";
import type { Ports } from "@/lib/engine/ports";
import { callerOf, type RequestScope } from "@/lib/engine/scope";

const SECONDS_DEFAULT = 3_600;
const SECONDS_MAX = 30 * 86_400;
const TEXT_MAX = 300;
/** In force at one time: each is asked at every login. */
const FREEZES_MAX = 200;
/** An ended one stays on the list this long. */
const KEPT_MS = 7 * 86_400_000;

export type CreateFreezeInput = {
  principal: string | undefined;
  mount: string | undefined;
  role: string | undefined;
  ttlSeconds: number | undefined;
  message: string | undefined;
  reason: string | undefined;
};

/** Freezes in force and those that ended of late, the newest first. */
export async function listFreezes(ports: Ports, scope: RequestScope): Promise<Decision> {
  const freezes = [...(await freezesOf(scope.config))].sort(
    (one, other) => other.createdAt.getTime() - one.createdAt.getTime(),
  );
  return told({ freezes: freezes.map((freeze) => freezeData(ports, scope, freeze)) });
}

export async function listFreezeIds(scope: RequestScope): Promise<Decision> {
  const freezes = await freezesOf(scope.config);
  return freezes.length === 0 ? answered(null) : told({ keys: freezes.map(({ id }) => id) });
}

export async function readFreeze(ports: Ports, scope: RequestScope, id: string): Promise<Decision> {
  const freeze = (await freezesOf(scope.config)).find((one) => one.id === id);
  return freeze === undefined ? answered(null) : told(freezeData(ports, scope, freeze));
}

/**
 * Keeps a principal, or everybody of a role, from new logins and new credentials for a time. What they
 * hold is left alone.
 *
 * @throws EngineError `invalid_request`: no single target, no such mount, a bad ARN or time.
 */
export async function createFreeze(
  ports: Ports,
  scope: RequestScope,
  input: CreateFreezeInput,
): Promise<Decision> {
  const now = ports.clock.now();
  const seconds = input.ttlSeconds ?? SECONDS_DEFAULT;
  if (seconds <= 0 || seconds > SECONDS_MAX) {
    throw invalidRequest(`ttl must be from 1 second to ${SECONDS_MAX / 86_400} days`);
  }
  const all = await freezesOf(scope.config);
  if (all.filter(({ until }) => until > now).length >= FREEZES_MAX) {
    throw invalidRequest(`there are ${FREEZES_MAX} freezes already; end some of them first`);
  }
  const freeze: Freeze = {
    id: ports.random.uuid(),
    target: targetOf(scope, input),
    until: new Date(now.getTime() + seconds * 1000),
    message: shortText("message", input.message),
    reason: shortText("reason", input.reason),
    createdBy: callerOf(scope).token.displayName,
    createdAt: now,
  };
  return {
    answer: { data: freezeData(ports, scope, freeze) },
    effects: [
      {
        kind: "put_setting",
        mountId: scope.mount.id,
        setting: FREEZE,
        key: freeze.id,
        body: freezeToJson(freeze),
      },
      ...forgetEnded(scope, all, now),
    ],
  };
}

function forgetEnded(scope: RequestScope, all: readonly Freeze[], now: Date): Effect[] {
  const old = all.filter(({ until }) => now.getTime() - until.getTime() > KEPT_MS);
  return old.map(({ id }) => removal(scope, id));
}

function removal(scope: RequestScope, id: string): Effect {
  return { kind: "delete_setting", mountId: scope.mount.id, setting: FREEZE, key: id };
}

/** Ends a freeze at once. */
export async function deleteFreeze(scope: RequestScope, id: string): Promise<Decision> {
  const isThere = (await freezesOf(scope.config)).some((one) => one.id === id);
  return isThere ? effected(removal(scope, id)) : answered(null);
}

function targetOf(scope: RequestScope, input: CreateFreezeInput): FreezeTarget {
  const { principal = "", mount = "", role = "" } = input;
  const isRole = mount !== "" || role !== "";
  if (principal !== "" && isRole) throw invalidRequest("give a principal, or a mount and a role");
  if (principal !== "") return principalTarget(principal.trim());
  if (mount === "" || role === "") {
    throw invalidRequest("give a principal's ARN, or a mount and one of its roles");
  }
  const found = scope.config.mounts.byFullPath(`${mount.replace(/^\/+|\/+$/g, "")}/`);
  if (found === null) throw invalidRequest(`there is no mount at "${mount}"`);
  return { kind: "role", mountId: found.id, name: shortText("role", role) };
}

function principalTarget(arn: string): FreezeTarget {
  const { account, type, name, session } = parsePrincipalArn(arn);
  const iam = iamType(type);
  if (iam === "instance-profile" || !/^\d{12}$/.test(account) || /[*?]/.test(arn)) {
    throw invalidRequest("principal must be the ARN of one user, role or session of a role");
  }
  return { kind: "principal", arn, account, type: iam, name, session };
}

function shortText(name: string, given = ""): string {
  const text = given.trim();
  if (text.length > TEXT_MAX) throw invalidRequest(`${name} is longer than ${TEXT_MAX} characters`);
  if (withoutHidden(text) !== text) {
    throw invalidRequest(`${name} holds characters that cannot be seen`);
  }
  return text;
}

function freezeData(ports: Ports, scope: RequestScope, freeze: Freeze): Record<string, unknown> {
  const { target } = freeze;
  return {
    id: freeze.id,
    kind: target.kind,
    ...(target.kind === "principal"
      ? { principal: target.arn }
      : { mount: scope.config.mounts.byId(target.mountId)?.fullPath ?? "", role: target.name }),
    active: freeze.until > ports.clock.now(),
    until: freeze.until.toISOString(),
    message: freeze.message,
    reason: freeze.reason,
    created_by: freeze.createdBy,
    created_at: freeze.createdAt.toISOString(),
  };
}
