import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import { EngineError } from "@/lib/engine/errors";
import type { Mount } from "@/lib/engine/mount/mount";
import { mountTtls } from "@/lib/engine/mount/ttl";
import type { Ports } from "@/lib/engine/ports";
import { stsDuration } from "@/lib/engine/aws-secrets/effective-lifetime";
import { validatorConfigOf, type ValidatorConfig } from "@/lib/engine/validator/config";
import { type Look, MISSING } from "@/lib/engine/validator/fact";
import {
  judge,
  type Judged,
  type NamedRole,
  rolesOf,
  targetsOf,
} from "@/lib/engine/validator/judge";
import {
  type Asker,
  failedLook,
  lookAt,
  type Looker,
  looker,
  principalLook,
} from "@/lib/engine/validator/look";
import type { ClaimedFact, StoredVerdict } from "@/lib/engine/validator/ports";

/** Facts that one round works on: short enough that a claim outlives it. */
const FACTS_A_ROUND = 20;
const DENIED_AGAIN_SECONDS = 3_600;
const MISSING_AGAIN_SECONDS = 300;
const THROTTLED_AGAIN_SECONDS = 60;
const FAILED_AGAIN_SECONDS = 300;
/** Regular looks are spread by a fifth either way. */
const SPREAD = 0.2;

/** AWS secrets mounts that are checked at all. */
export async function checkedMounts(config: ConfigSnapshot): Promise<Mount[]> {
  const mounts = config.mounts.all.filter(({ type, ...mount }) => {
    return type === "aws" && mount.class === "secret";
  });
  const checked: Mount[] = [];
  for (const mount of mounts) {
    if ((await validatorConfigOf(config, mount.id)).mode !== "off") checked.push(mount);
  }
  return checked;
}

/**
 * Follows the configuration: judges every role by what is known, and has AWS asked about targets that
 * are new, or whose role was just saved. Asks AWS nothing itself.
 */
export async function followConfiguration(ports: Ports, config: ConfigSnapshot): Promise<void> {
  const mounts = await checkedMounts(config);
  for (const mount of mounts) await followMount({ ports, config, mount });
  await ports.validator.store.forgetMounts(mounts.map(({ id }) => id));
}

async function followMount(judged: Judged): Promise<void> {
  const { store } = judged.ports.validator;
  const { mount } = judged;
  const roles = await rolesOf(judged, null);
  const known = await store.verdicts(mount.id, null);
  const revisions = new Map(known.map(({ role, revision }) => [role, revision]));
  const isSaved = ({ name, revision }: NamedRole): boolean => revisions.get(name) !== revision;
  await store.keepTargets(mount.id, await targetsOf(judged, roles, isSaved));
  await judge(judged, roles, { isWhole: true });
}

/**
 * Asks AWS about facts that are due, and judges the roles that depend on them.
 *
 * @returns whether more may be due.
 */
export async function checkDue(ports: Ports): Promise<boolean> {
  const claimed = await ports.validator.store.claimDue(FACTS_A_ROUND, ports.random.uuid());
  if (claimed.length === 0) return false;
  const config = await ports.extras.snapshot();
  for (const mountId of new Set(claimed.map((fact) => fact.mountId))) {
    const facts = claimed.filter((fact) => fact.mountId === mountId);
    const mount = config.mounts.byId(mountId);
    if (mount === null) continue;
    const judged = { ports, config, mount };
    const roles = rolesConcerned(await rolesOf(judged, null), facts);
    await settleFacts(judged, facts, roles);
    await judge(judged, roles, { isWhole: false });
  }
  return claimed.length === FACTS_A_ROUND;
}

/**
 * Asks AWS about everything that one role depends on, whatever is known, and judges it.
 *
 * @throws EngineError `not_found`
 */
export async function checkNow(judged: Judged, name: string): Promise<StoredVerdict[]> {
  const { ports, mount } = judged;
  const all = await rolesOf(judged, null);
  const roles = all.filter((role) => role.name === name);
  if (roles.length === 0) throw new EngineError("not_found", `no role named ${name}`);
  const { store } = ports.validator;
  await store.keepTargets(mount.id, await targetsOf(judged, all, () => false));
  const targets = (await targetsOf(judged, roles, () => false)).map(({ targetArn }) => targetArn);
  // What another process asks about at this moment is as fresh.
  const claimed = await store.claimOf(mount.id, targets, ports.random.uuid());
  await settleFacts(judged, claimed, roles);
  return judge(judged, roles, { isWhole: false });
}

function rolesConcerned(
  roles: readonly NamedRole[],
  facts: readonly ClaimedFact[],
): readonly NamedRole[] {
  const arns = new Set(facts.map(({ targetArn }) => targetArn));
  if (arns.has("")) return roles;
  return roles.filter(({ role }) => (role.roleArns ?? []).some((arn) => arns.has(arn)));
}

async function settleFacts(
  judged: Judged,
  facts: readonly ClaimedFact[],
  roles: readonly NamedRole[],
): Promise<void> {
  if (facts.length === 0) return;
  const { ports, config, mount } = judged;
  const settings = await validatorConfigOf(config, mount.id);
  const looking = await whoLooks(judged);
  for (const fact of facts) {
    const look = await lookFor(looking, fact, { roles, settings, judged });
    await ports.validator.store.settle(fact, look, nextSeconds(ports, settings, look));
  }
}

/** Who the mount is, or why that is not known. */
async function whoLooks({ ports, config, mount }: Judged): Promise<Looker | { failure: unknown }> {
  try {
    return await looker(ports, config, mount.id);
  } catch (failure) {
    return { failure };
  }
}

async function lookFor(
  looking: Looker | { failure: unknown },
  fact: ClaimedFact,
  around: { roles: readonly NamedRole[]; settings: ValidatorConfig; judged: Judged },
): Promise<Look> {
  if ("failure" in looking) return failedLook(fact, looking.failure);
  if (fact.targetArn === "") return principalLook(fact, looking);
  const asker = askerOf(around.judged, around.roles, fact.targetArn);
  return lookAt(looking, fact, { asker, probe: around.settings.probe });
}

/** Of the roles that hand out a target's sessions the one that asks for the longest. */
function askerOf(
  { ports, mount }: Judged,
  roles: readonly NamedRole[],
  targetArn: string,
): Asker | null {
  const { mountMaxSeconds } = mountTtls(mount, ports.limits);
  const askers = roles
    .filter(({ role }) => (role.roleArns ?? []).includes(targetArn))
    .map(({ role }) => ({
      role,
      defaultSeconds: stsDuration({ ...role, requestedSeconds: null, mountMaxSeconds }).seconds,
    }));
  return askers.sort((one, other) => other.defaultSeconds - one.defaultSeconds)[0] ?? null;
}

function nextSeconds(
  { random }: Pick<Ports, "random">,
  { driftIntervalSeconds }: ValidatorConfig,
  { errorCode }: Look,
): number {
  switch (errorCode) {
    case null:
    case "NoReader":
      return spread(driftIntervalSeconds, random.bytes(1)[0] ?? 0);
    case "AccessDenied":
      return DENIED_AGAIN_SECONDS;
    case MISSING:
      return MISSING_AGAIN_SECONDS;
    case "Throttling":
      return THROTTLED_AGAIN_SECONDS;
    default:
      return FAILED_AGAIN_SECONDS;
  }
}

function spread(seconds: number, byte: number): number {
  return Math.round(seconds * (1 - SPREAD + (2 * SPREAD * byte) / 255));
}
