import { isStsType } from "@/lib/engine/aws-secrets/credential-type";
import { listedRoles, type SecretsRole } from "@/lib/engine/aws-secrets/role";
import { currentRoot } from "@/lib/engine/aws-secrets/root-config";
import { awsAccountOf } from "@/lib/engine/aws-secrets/accounts";
import { accountOfArn } from "@/lib/engine/aws-secrets/arn";
import type { ConfigSnapshot } from "@/lib/engine/config-snapshot";
import type { Mount } from "@/lib/engine/mount/mount";
import { mountTtls } from "@/lib/engine/mount/ttl";
import type { Ports } from "@/lib/engine/ports";
import { digestOf, evaluate, type Surroundings } from "@/lib/engine/validator/evaluate";
import type { Fact } from "@/lib/engine/validator/fact";
import type { Verdict } from "@/lib/engine/validator/finding";
import type {
  Change,
  NewVerdict,
  StoredVerdict,
  Target,
  VerdictKey,
} from "@/lib/engine/validator/ports";
import { isRoleArn } from "@/lib/engine/validator/static-checks";

/** What was found to be so is noted again after so long. */
const SEEN_AGAIN_MS = 60_000;
/** So often a target is asked about while a role of it fails. */
const ERROR_AGAIN_SECONDS = 900;
const ATTEMPTS_MAX = 3;
/** A fact younger than this is good enough for a role that was just saved. */
const ON_SAVE_SECONDS = 900;

export type NamedRole = { name: string; role: SecretsRole; revision: number };

/** A mount with what its roles are judged by. */
export type Judged = { ports: Ports; config: ConfigSnapshot; mount: Mount };

/** What the roles of a mount are judged by; `facts` as they are stored now. */
export async function surroundingsOf(
  { ports, config, mount }: Judged,
  facts: readonly Fact[],
): Promise<Surroundings> {
  const root = await currentRoot(config, mount.id);
  return {
    mountPath: mount.fullPath,
    mountMaxSeconds: mountTtls(mount, ports.limits).mountMaxSeconds,
    accessKey: root?.accessKey ?? "",
    usernameTemplate: root?.usernameTemplate ?? "",
    facts: new Map(facts.map((fact) => [fact.targetArn, fact])),
  };
}

/** Judges roles of a mount anew, keeps what changed, and tells of errors that came or went. */
export async function judge(
  judged: Judged,
  roles: readonly NamedRole[],
  terms: { isWhole: boolean },
): Promise<StoredVerdict[]> {
  for (let attempt = 1; ; attempt += 1) {
    const { verdicts, isOvertaken } = await judgeOnce(judged, roles, terms);
    if (!isOvertaken || attempt === ATTEMPTS_MAX) return verdicts;
  }
}

/** `isOvertaken`: another process judged meanwhile, and perhaps by older facts. */
async function judgeOnce(
  judged: Judged,
  roles: readonly NamedRole[],
  { isWhole }: { isWhole: boolean },
): Promise<{ verdicts: StoredVerdict[]; isOvertaken: boolean }> {
  const { ports, mount } = judged;
  const { store } = ports.validator;
  const around = await surroundingsOf(judged, await store.facts(mount.id));
  const names = isWhole ? null : roles.map(({ name }) => name);
  const before = new Map(
    (await store.verdicts(mount.id, names)).map((verdict) => [keyOf(verdict), verdict]),
  );
  const now = ports.clock.now();
  const verdicts = roles.flatMap(({ name, role, revision }) =>
    evaluate(name, role, around).map((verdict) =>
      storedOf(judged, verdict, { revision, before: before.get(keyOf(verdict)), now }),
    ),
  );
  const changed = verdicts.flatMap((verdict) => changedFrom(before.get(keyOf(verdict)), verdict));
  const written = await store.putVerdicts(changed);
  await tell(judged, written);
  await store.seeAgain(mount.id, seenAgain(verdicts, before, now));
  const failing = verdicts.flatMap(({ status, targetArn }) =>
    status === "error" && targetArn !== "" ? [targetArn] : [],
  );
  if (failing.length > 0) await store.askWithin(mount.id, failing, ERROR_AGAIN_SECONDS);
  const kept = new Set(verdicts.map(keyOf));
  await store.forgetVerdicts(
    mount.id,
    [...before.values()].filter((verdict) => !kept.has(keyOf(verdict))),
  );
  return { verdicts, isOvertaken: written.length < changed.length };
}

/** A verdict with when each of its findings was first seen. */
export function storedOf(
  { mount }: Judged,
  verdict: Verdict,
  known: { revision: number; before: StoredVerdict | undefined; now: Date },
): StoredVerdict {
  const { revision, before, now } = known;
  const since = new Map(before?.findings.map(({ code, firstSeen }) => [code, firstSeen]));
  return {
    ...verdict,
    mountId: mount.id,
    revision,
    digest: digestOf(verdict),
    checkedAt: now,
    findings: verdict.findings.map((finding) => ({
      ...finding,
      firstSeen: since.get(finding.code) ?? now,
    })),
  };
}

function keyOf({ role, targetArn }: VerdictKey): string {
  return `${role} ${targetArn}`;
}

function changedFrom(before: StoredVerdict | undefined, verdict: StoredVerdict): NewVerdict[] {
  const isSame = before?.digest === verdict.digest;
  if (isSame && before.revision === verdict.revision) return [];
  if (isSame) return [{ ...verdict, before: before.digest, change: null }];
  const [codes, old] = [codesOf(verdict), before === undefined ? [] : codesOf(before)];
  const change: Change = {
    fromStatus: before?.status ?? null,
    toStatus: verdict.status,
    appeared: codes.filter((code) => !old.includes(code)),
    cleared: old.filter((code) => !codes.includes(code)),
    limitBefore: before?.figures.limitSeconds ?? null,
    limitAfter: verdict.figures.limitSeconds,
    text: worstText(verdict),
  };
  return [{ ...verdict, before: before?.digest ?? null, change }];
}

function codesOf({ findings }: StoredVerdict): string[] {
  return findings.map(({ code }) => code);
}

function worstText({ findings, status }: StoredVerdict): string {
  return findings.find((finding) => finding.status === status)?.text ?? "";
}

function seenAgain(
  verdicts: readonly StoredVerdict[],
  before: ReadonlyMap<string, StoredVerdict>,
  now: Date,
): StoredVerdict[] {
  return verdicts.filter((verdict) => {
    const old = before.get(keyOf(verdict));
    if (old?.digest !== verdict.digest) return false;
    const isLongAgo = now.getTime() - old.checkedAt.getTime() >= SEEN_AGAIN_MS;
    return isLongAgo || evidenceAt(old) !== evidenceAt(verdict);
  });
}

function evidenceAt({ findings }: StoredVerdict): string {
  return findings.map(({ evidence }) => evidence.at?.toISOString() ?? "").join(" ");
}

/** Requests begin to fail, or work again: whoever reads the log should see when. */
async function tell({ ports, mount }: Judged, written: readonly NewVerdict[]): Promise<void> {
  for (const { role, targetArn, change } of written) {
    const [was, is] = [change?.fromStatus === "error", change?.toStatus === "error"];
    if (change === null || was === is) continue;
    await ports.commit([], {
      name: is ? "validator.failing" : "validator.recovered",
      path: `${mount.fullPath}roles/${role}`,
      detail: {
        target_arn: targetArn,
        codes: is ? change.appeared : change.cleared,
        text: change.text,
        limit_before: change.limitBefore,
        limit_after: change.limitAfter,
      },
    });
  }
}

/** Roles of a mount, all or those of the given names. */
export async function rolesOf(
  { config, mount }: Pick<Judged, "config" | "mount">,
  name: string | null,
): Promise<NamedRole[]> {
  const all = await listedRoles(config, mount.id);
  return name === null ? all : all.filter((role) => role.name === name);
}

/** The targets of a mount's roles, and the mount's principal; those of new roles should be fresh. */
export async function targetsOf(
  { config, mount }: Pick<Judged, "config" | "mount">,
  roles: readonly NamedRole[],
  isSaved: (role: NamedRole) => boolean,
): Promise<Target[]> {
  const root = await currentRoot(config, mount.id);
  const origin = root?.origin ?? "";
  const targets = new Map<string, Target>();
  for (const named of roles) {
    if (!named.role.credentialTypes.some(isStsType)) continue;
    const maxAgeSeconds = isSaved(named) ? ON_SAVE_SECONDS : null;
    targets.set("", { targetArn: "", origin, maxAgeSeconds: null });
    for (const arn of (named.role.roleArns ?? []).filter(isRoleArn)) {
      const known = targets.get(arn);
      if (known !== undefined && known.maxAgeSeconds !== null) continue;
      const reader = (await awsAccountOf(config, mount.id, accountOfArn(arn) ?? ""))?.reader;
      targets.set(arn, {
        targetArn: arn,
        origin: `${origin} ${reader?.roleArn ?? ""} ${reader?.externalId ?? ""}`,
        maxAgeSeconds,
      });
    }
  }
  return [...targets.values()];
}
